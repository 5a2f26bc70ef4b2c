import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Options, optionsFromEnvironment, optionsFromFlags, parseConfig } from '../src/config.ts'
import type { ShownOption } from '../src/domain/system.ts'
import { listShownOptions, sourcesOf } from '../src/shown-options.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { printJson, printTable } from './print.ts'

/** What is in force. */
export const config: Command = {
  summary: 'Shows the configuration in force, and where each value comes from.',
  usage: `carillon config [flags of the service]\n\n${flagLines(Options.properties)}`,
  flags: Options.properties,
  wrongUsage: 2,
  run: async (args) => {
    const read = (file: string): string => readFileSync(file, 'utf8')
    const environment = optionsFromEnvironment(process.env, read)
    const flags = optionsFromFlags(args)
    const rows = listShownOptions(parseConfig({ ...environment, ...flags }), {
      sources: sourcesOf({ environment, flags })
    })
    if (!process.stdout.isTTY) return printJson(rows)
    printTable<ShownOption>(
      [
        { title: 'OPTION', cell: ({ name }) => name },
        { title: 'VALUE', cell: ({ value }) => JSON.stringify(value), shrinks: true },
        { title: 'FROM', cell: ({ source }) => source }
      ],
      rows
    )
  }
}
