import { test } from 'tap'
import { createClient } from '../../client.ts'
import { launch } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

test('the demo shows runs that succeed, fail, are tried again, overlap and wait', async (t) => {
  const { child, exited } = await launch(t, { flags: ['demo'] })
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  const url = await until(
    'the guide',
    async () => /answers at (http\S+) with 15/.exec(printed)?.[1]
  )
  const client = createClient({ url })
  t.equal(await client.countJobs({ tag: 'demo' }), 15)
  const seen = new Set<string>()
  const wanted = ['succeeded', 'failed', 'skipped', 'cancelled', 'no_handler', 'paused', 'retried']
  await until(wanted.join(), async () => {
    for await (const run of client.listRuns({ limit: 1_000 })) {
      seen.add(run.state)
      if (run.reason === 'no_handler') seen.add('no_handler')
      if (run.attempt > 1) seen.add('retried')
    }
    for await (const job of client.listJobs({ state: 'paused' })) seen.add(job.state)
    return wanted.every((word) => seen.has(word))
  })
  child.kill('SIGTERM')
  t.match(await exited, { code: 0, stderr: '' })
})
