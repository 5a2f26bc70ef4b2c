import { readFileSync } from 'node:fs'
import process from 'node:process'
import {
  Options,
  optionsFromEnvironment,
  optionsFromFlags,
  parseConfig,
  shownConfig,
  variableOf
} from '../src/config.ts'
import { flagOf } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { printJson, printTable } from './print.ts'

interface Shown {
  name: string
  value: unknown
  source: string
}

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
    const shown = shownConfig(parseConfig({ ...environment, ...flags }))
    const rows = Object.keys(Options.properties).map((name): Shown => {
      const value = shown[name] ?? shown[`${name}Ms`] ?? null
      return { name, value, source: sourceOf(name, { environment, flags }) }
    })
    if (!process.stdout.isTTY) return printJson(rows)
    printTable<Shown>(
      [
        { title: 'OPTION', cell: ({ name }) => name },
        { title: 'VALUE', cell: ({ value }) => JSON.stringify(value), shrinks: true },
        { title: 'FROM', cell: ({ source }) => source }
      ],
      rows
    )
  }
}

function sourceOf(
  name: string,
  given: { environment: Record<string, unknown>; flags: Record<string, unknown> }
): string {
  if (name in given.flags) return `--${flagOf(name)}`
  return name in given.environment ? variableOf(name) : 'default'
}
