import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { previewSchedule } from '../src/domain/preview.ts'
import { createParser } from '../src/domain/validation.ts'
import { flagsOnly, invalid, readFlags, splitWords } from '../src/option-sources.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { printJson } from './print.ts'

const PreviewFlags = flagsOnly({
  timezone: Type.String({ description: 'Such as Europe/Paris; UTC.' }),
  from: Type.String({ description: 'What comes after this instant; now.' }),
  count: Type.Integer({ minimum: 1, maximum: 100, description: 'Occurrences; 5.' }),
  json: Type.Boolean({ default: false, description: 'JSON, as it is in a pipe anyway.' })
})

const USAGE = `carillon preview <schedule> [flags]

  carillon preview "0 9 * * 1-5" --timezone Europe/Paris
  carillon preview "@every 90s"

No service is asked.

${flagLines(PreviewFlags)}`

const parseFlags = createParser(Type.Partial(Type.Object(PreviewFlags)), 'config')

/** What a schedule means. */
export const preview: Command = {
  summary: 'Says what a schedule means, and when it occurs next.',
  usage: USAGE,
  flags: PreviewFlags,
  wrongUsage: 2,
  run: async (args) => {
    const { words, flags } = splitWords(PreviewFlags, args)
    const { json = false, ...options } = parseFlags(readFlags(PreviewFlags, flags))
    if (words.length === 0)
      throw invalid('Which schedule? Put it in quotes: carillon preview "0 9 * * 1".')
    const told = previewSchedule({ schedule: words.join(' '), ...options }, Date.now())
    if (json || !process.stdout.isTTY) return printJson(told)
    const next = told.next.map(
      ({ local, at, note }) => `  ${local}  ${at}${note === undefined ? '' : `  ${note}`}\n`
    )
    const warnings = told.warnings.map(({ detail }) => `! ${detail}\n`)
    process.stdout.write([`${told.description}\n`, ...next, ...warnings].join(''))
  }
}
