import { Type } from '@sinclair/typebox'
import type { System } from '../client.ts'
import type { Pruned } from '../src/domain/system.ts'
import { flagsOnly } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { printJson, printNote, printTable } from './print.ts'
import { readServiceCall, ServiceFlags, type ServiceCall } from './service-call.ts'
import { actionOf } from './sub-word.ts'
import { factsOf, replicaColumns } from './system/columns.ts'

const PauseFlags = flagsOnly({
  reason: Type.String({ minLength: 1, maxLength: 500, description: 'Why, for everybody to see.' })
})

const USAGE = `carillon system [show] [flags]
carillon system pause [--reason "…"] [flags]
carillon system resume|prune [flags]

  carillon system pause --reason "moving the database"
  carillon system resume

While all scheduling is paused nothing is started on any replica; what runs goes on.

${flagLines({ ...PauseFlags, ...ServiceFlags })}`

type Call = ServiceCall<typeof PauseFlags>

const ACTIONS: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  show: async ({ client, isJson }) => {
    const system = await client.system()
    if (isJson) printJson(system)
    else show(system)
  },
  pause: async ({ client, options, isJson }) => {
    const scheduling = await client.pauseScheduling(options)
    if (isJson) printJson(scheduling)
    else printNote('Paused: nothing is started on any replica. What runs goes on to its end.')
  },
  resume: async ({ client, isJson }) => {
    const scheduling = await client.resumeScheduling()
    if (isJson) printJson(scheduling)
    else printNote('Scheduling goes on.')
  },
  prune: async ({ client, isJson }) => {
    const pruned = await client.prune()
    if (isJson) printJson(pruned)
    else printNote(sayPruned(pruned))
  }
}

/** The service as a whole. */
export const system: Command = {
  summary: 'Shows how a service is, pauses or resumes all scheduling, or deletes old records.',
  usage: USAGE,
  flags: ServiceFlags,
  words: {
    show: { flags: ServiceFlags },
    pause: { flags: { ...PauseFlags, ...ServiceFlags } },
    resume: { flags: ServiceFlags },
    prune: { flags: ServiceFlags }
  },
  wrongUsage: 2,
  run: async (args) => {
    const call = readServiceCall(PauseFlags, args)
    const [word = 'show'] = call.words
    await actionOf(ACTIONS, { command: 'system', word, also: [] })(call)
  }
}

function show(told: System): void {
  printTable(
    [
      { title: 'WHAT', cell: ([name]) => name },
      { title: 'IS', cell: ([, value]) => value, shrinks: true }
    ],
    factsOf(told)
  )
  printTable(replicaColumns(Date.parse(told.now)), told.replicas)
}

function sayPruned({ runs, changes, more }: Pruned): string {
  const said = `Deleted ${runs} runs and ${changes} entries of the log of changes.`
  return more ? `${said} There is more: run it again.` : said
}
