import process from 'node:process'
import { createClient } from '../client.ts'
import { Options } from '../src/config.ts'
import { readFlags } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { demoJobs } from './demo/jobs.ts'
import { startTarget } from './demo/target.ts'
import { flagLines } from './flag-lines.ts'

const DemoFlags = { port: Options.properties.port }

/** Everything at once, on a database that is gone afterwards. */
export const demo: Command = {
  summary: 'Starts a service with a dozen lively jobs, on a database in memory.',
  usage: `carillon demo [flags]\n\n${flagLines(DemoFlags)}`,
  flags: DemoFlags,
  wrongUsage: 2,
  run: async (args) => {
    readFlags(DemoFlags, args)
    const receiver = await startTarget()
    const { serve } = await import('../server.ts')
    const quiet = ['--database', 'sqlite::memory:', '--host', 'localhost', '--log-level', 'fatal']
    const url = await serve([...args, ...quiet])
    const client = createClient({ url })
    await client.apply({ jobs: demoJobs(receiver, Date.now()), tag: 'demo' })
    const [weekly] = (await client.listJobs({ q: 'Weekly report' }).page()).items
    if (weekly !== undefined)
      await client.pause(weekly.id, { reason: 'until the holidays are over' })
    process.stdout.write(guide(url))
  }
}

function guide(url: string): string {
  return `Carillon answers at ${url} with 15 jobs, which call a receiver on this machine.
Nothing of it is kept. End it with Ctrl-C.

  ${url}/ui/                    what there is and what happens, as a page
  ${url}/docs                   the API, to read and to try
  curl -N '${url}/events'       what happens, as it happens
  curl '${url}/runs?state=failed&limit=5'
  curl '${url}/jobs?sort=-consecutive_failures&limit=3'
  curl '${url}/metrics'
  CARILLON_URL=${url} carillon jobs

`
}
