import type { Client, Job, Run } from '../client.ts'
import { invalid, type OptionSchemas } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { jobColumns } from './jobs/columns.ts'
import { createFrom } from './jobs/create.ts'
import { ActionFlags, CreateFlags, JobFlags, ListFlags } from './jobs/flags.ts'
import { listUpTo } from './list-up-to.ts'
import { printJson, printTable } from './print.ts'
import { runColumns } from './runs/columns.ts'
import { readServiceCall, ServiceFlags, type ServiceCall } from './service-call.ts'
import { actionOf } from './sub-word.ts'

type Call = ServiceCall<typeof JobFlags>
type Action = (call: Call, id: number) => Promise<Job | Run>

const ACTIONS: Readonly<Record<string, Action>> = {
  show: async ({ client }, id) => client.getJob(id),
  run: async ({ client }, id) => client.run(id),
  pause: async ({ client, options: { reason, until } }, id) =>
    client.pause(id, { ...(reason && { reason }), ...(until && { until }) }),
  resume: async ({ client, options }, id) =>
    client.resume(id, { catch_up: options.catchUp ?? false }),
  skip: async ({ client, options }, id) => client.skip(id, options.count ?? 1),
  delete: async ({ client, options: { running } }, id) => {
    const job = await client.getJob(id)
    await client.deleteJob(id, { ...(running && { running }) })
    return job
  }
}

const USAGE = `carillon jobs [list] [flags]
carillon jobs ${Object.keys(ACTIONS).join('|')} <id or key> [flags]
carillon jobs create [file] [flags]

  carillon jobs --state paused --sort name
  carillon jobs create --name Ping --every 5m --call https://example.com/ping
  carillon jobs pause nightly-report --reason "the server moves"

To list:
${flagLines(ListFlags)}
To create; the file is JSON or YAML, "-" reads it from standard input:
${flagLines(CreateFlags)}
To do something to one:
${flagLines(ActionFlags)}
Always:
${flagLines(ServiceFlags)}`

/** The flags that mean something to an action. */
const FLAGS_OF: Readonly<Record<string, OptionSchemas>> = {
  pause: { reason: ActionFlags.reason, until: ActionFlags.until },
  resume: { catchUp: ActionFlags.catchUp },
  skip: { count: ActionFlags.count },
  delete: { running: ActionFlags.running }
}

/** Jobs of a service. */
export const jobs: Command = {
  summary: 'Lists the jobs of a service, shows one, creates one, does something to one.',
  usage: USAGE,
  flags: { ...ListFlags, ...ServiceFlags },
  words: {
    list: { flags: { ...ListFlags, ...ServiceFlags } },
    create: { flags: { ...CreateFlags, ...ServiceFlags }, takes: 'file' },
    ...Object.fromEntries(
      Object.keys(ACTIONS).map((word) => [word, { flags: { ...FLAGS_OF[word], ...ServiceFlags } }])
    )
  },
  wrongUsage: 2,
  run: async (args) => {
    const call = readServiceCall(JobFlags, args)
    const [word = 'list', ...rest] = call.words
    if (word === 'list') return list(call)
    if (word === 'create') return show(call, await createFrom(call.client, rest[0], call.options))
    const action = actionOf(ACTIONS, { command: 'jobs', word, also: ['list', 'create'] })
    if (rest.length === 0) throw invalid(`"jobs ${word}" needs the id or the key of a job.`)
    for (const name of rest) show(call, await action(call, await idOf(call.client, name)))
  }
}

async function list({ client, options, isJson }: Call): Promise<void> {
  const { limit = ListFlags.limit.default, q, tag, state, target, outcome, sort } = options
  const query = { q, tag, state, target, outcome, sort }
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
  const found = await listUpTo(client.listJobs({ ...given, limit, count: true }), limit)
  if (isJson) return printJson(found.items)
  printTable(jobColumns(Date.now()), found.items)
  found.noteMore('jobs')
}

/** A number is an id; anything else is a key, and so is a number after "key:". */
async function idOf(client: Client, name: string): Promise<number> {
  if (/^[1-9]\d*$/.test(name)) return Number(name)
  const key = name.replace(/^key:/, '')
  for await (const job of client.listJobs({ limit: 1_000 })) if (job.key === key) return job.id
  throw invalid(`There is no job with the key "${key}"; "carillon jobs" lists all.`)
}

function show({ isJson }: Pick<Call, 'isJson'>, value: Job | Run): void {
  if (isJson) printJson(value)
  else if ('schedule' in value) printTable(jobColumns(Date.now()), [value])
  else printTable(runColumns(Date.now()), [value])
}
