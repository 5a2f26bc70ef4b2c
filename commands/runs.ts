import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { RUN_CAUSES, RUN_STATES } from '../src/domain/run.ts'
import { words } from '../src/domain/schema.ts'
import { flagsOnly, invalid } from '../src/option-sources.ts'
import type { Run } from '../client.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { listUpTo } from './list-up-to.ts'
import { printJson, printTable } from './print.ts'
import { runColumns } from './runs/columns.ts'
import { readServiceCall, ServiceFlags, type ServiceCall } from './service-call.ts'
import { actionOf } from './sub-word.ts'

const RunFlags = flagsOnly({
  job: Type.Integer({ minimum: 1, description: 'Of one job, by its id.' }),
  state: words(RUN_STATES, { description: RUN_STATES.join(', ') }),
  cause: words(RUN_CAUSES, { description: RUN_CAUSES.join(', ') }),
  reason: Type.String({ description: 'Why they are in it, with --state or --job: overlap.' }),
  from: Type.String({ description: 'Scheduled at or after this instant (RFC 3339).' }),
  to: Type.String({ description: 'Scheduled before it.' }),
  limit: Type.Integer({ default: 20, minimum: 1, maximum: 1_000, description: 'Runs at most.' })
})

const Flags = { ...RunFlags, ...ServiceFlags }

type Call = ServiceCall<typeof RunFlags>

const ACTIONS: Readonly<Record<string, (call: Call, id: number) => Promise<Run>>> = {
  show: ({ client }, id) => client.getRun(id),
  cancel: ({ client }, id) => client.cancelRun(id),
  retry: ({ client }, id) => client.retryRun(id)
}

const USAGE = `carillon runs [list] [flags]
carillon runs ${Object.keys(ACTIONS).join('|')} <id> [flags]
carillon runs follow [flags]

  carillon runs --state failed --from 2026-01-31T00:00:00Z
  carillon runs follow --job 7

${flagLines(Flags)}`

/** Runs of a service. */
export const runs: Command = {
  summary: 'Lists the runs of a service, shows, cancels, retries one, or follows them.',
  usage: USAGE,
  flags: Flags,
  words: {
    list: { flags: Flags },
    follow: { flags: { job: RunFlags.job, state: RunFlags.state, ...ServiceFlags } },
    ...Object.fromEntries(Object.keys(ACTIONS).map((word) => [word, { flags: ServiceFlags }]))
  },
  wrongUsage: 2,
  run: async (args) => {
    const call = readServiceCall(RunFlags, args)
    const [word = 'list', ...rest] = call.words
    if (word === 'list') return list(call)
    if (word === 'follow') return follow(call)
    const action = actionOf(ACTIONS, { command: 'runs', word, also: ['list', 'follow'] })
    if (rest.length === 0) throw invalid(`"runs ${word}" needs the id of a run.`)
    for (const id of rest) show(call, [await action(call, numberOf(id))])
  }
}

async function list(call: Call): Promise<void> {
  const { limit = RunFlags.limit.default, job, ...filter } = call.options
  const query = { ...filter, limit, ...(job !== undefined && { job_id: job }) }
  const found = await listUpTo(call.client.listRuns(query), limit)
  if (call.isJson) return printJson(found.items)
  printTable(runColumns(Date.now()), found.items)
  found.noteMore('runs')
}

/** One line a change, until it is interrupted. */
async function follow({ client, options, isJson }: Call): Promise<void> {
  const ofJob = options.job === undefined ? {} : { job_id: options.job }
  for await (const event of client.events({ topics: ['runs'], ...ofJob })) {
    if (event.name !== 'run') continue
    const { id, state } = event.data
    if (options.state !== undefined && options.state !== state) continue
    if (isJson) process.stdout.write(`${JSON.stringify(event.data)}\n`)
    else printTable(runColumns(Date.now()), [await client.getRun(id)])
  }
}

function show({ isJson }: Call, found: Run[]): void {
  if (isJson) for (const run of found) printJson(run)
  else printTable(runColumns(Date.now()), found)
}

function numberOf(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw invalid(`"${text}" is no id of a run, which is a number.`)
}
