import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { Options, optionsFromEnvironment } from '../src/config.ts'
import { flagsOnly, readFlags } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { checks } from './doctor/checks.ts'
import { DEADLINE_MS, examine, type Examined } from './doctor/examine.ts'
import { gather } from './doctor/gather.ts'
import { inTime } from './doctor/in-time.ts'
import { thisMachine } from './doctor/this-machine.ts'
import { flagLines } from './flag-lines.ts'
import { printJson, printTable } from './print.ts'
import { signed } from './signs.ts'

const DoctorFlags = {
  ...flagsOnly({
    json: Type.Boolean({ default: false, description: 'JSON, as it is in a pipe anyway.' })
  }),
  ...Options.properties
}

/** What keeps a service from working well here. */
export const doctor: Command = {
  summary: 'Looks at everything that a service needs here, and says how to mend what is wrong.',
  usage: `carillon doctor [flags of the service]

Changes nothing. Exit code 1 when a check has failed.

${flagLines(DoctorFlags)}`,
  flags: DoctorFlags,
  wrongUsage: 2,
  run: async (args) => {
    const { json, ...flags } = readFlags(DoctorFlags, args)
    const parts = await gather(() => {
      const environment = optionsFromEnvironment(process.env, (path) => readFileSync(path, 'utf8'))
      return { ...environment, ...flags }
    }, thisMachine)
    const found = await examine(checks, parts)
    if (json === true || !process.stdout.isTTY) printJson(found)
    else show(found)
    await inTime(parts.storage.database?.close() ?? Promise.resolve(), DEADLINE_MS, () => undefined)
    // What gave no answer in time may keep its connection open for longer than anybody waits.
    await new Promise((resolve) => process.stdout.write('', resolve))
    process.exit(found.some(({ state }) => state === 'failed') ? 1 : 0)
  }
}

function show(found: readonly Examined[]): void {
  printTable<Examined>(
    [
      { title: 'CHECK', cell: ({ name }) => name },
      { title: 'STATE', cell: ({ state }) => signed(state) },
      { title: 'FOUND', cell: ({ detail }) => detail }
    ],
    found
  )
}
