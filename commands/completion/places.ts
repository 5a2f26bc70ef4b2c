import { flagOf, type OptionSchema } from '../../src/option-sources.ts'
import type { Command } from '../command.ts'
import type { Syntax } from '../syntax.ts'

/** A word that can be completed, and what it means. */
export interface Completed {
  word: string
  /** One line; empty where there is nothing to say. */
  meaning: string
}

/** A flag, and what may follow it. */
export interface CompletedFlag extends Completed {
  /** Whether a value follows. */
  takesValue: boolean
  /** All values there are; empty where they cannot be listed. */
  values: readonly string[]
}

/** Where the words of a command line have led so far, and what may come next. */
export interface Place {
  /** The words that led there, such as "jobs pause"; empty after the name of the program. */
  path: string
  words: readonly Completed[]
  flags: readonly CompletedFlag[]
  takesFiles: boolean
}

const HELP = { word: '--help', meaning: 'Says what there is.', takesValue: false, values: [] }
const VERSION = { ...HELP, word: '--version', meaning: 'Says the version.' }

/** Every place of a command line, the first one first; without a word it is that of the service. */
export function placesOf(commands: ReadonlyMap<string, Command>): Place[] {
  const words = [...commands].map(([word, { summary }]) => ({ word, meaning: summary }))
  const first = placeOf('', commands.get('serve') ?? {})
  return [
    { ...first, words, flags: [...first.flags, VERSION] },
    ...[...commands].flatMap(([word, command]) => placesBelow(word, command))
  ]
}

function placesBelow(path: string, syntax: Syntax): Place[] {
  const below = Object.entries(syntax.words ?? {})
  return [
    placeOf(path, syntax),
    ...below.flatMap(([word, next]) => placesBelow(`${path} ${word}`, next))
  ]
}

function placeOf(path: string, { flags = {}, words = {}, takes }: Syntax): Place {
  return {
    path,
    words: Object.keys(words).map((word) => ({ word, meaning: '' })),
    flags: [...Object.entries(flags).map(completedFlag), HELP],
    takesFiles: takes === 'file'
  }
}

function completedFlag([name, schema]: [string, OptionSchema]): CompletedFlag {
  return {
    word: `--${flagOf(name)}`,
    meaning: schema.description ?? '',
    takesValue: schema['type'] !== 'boolean',
    values: valuesOf(schema)
  }
}

/** The words of a closed set, which is a union of constants. */
function valuesOf(schema: OptionSchema): string[] {
  const union: unknown = schema['anyOf']
  if (!Array.isArray(union)) return []
  return union.flatMap((one: { const?: unknown }) =>
    typeof one.const === 'string' ? [one.const] : []
  )
}
