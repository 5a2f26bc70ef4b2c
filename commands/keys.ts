import process from 'node:process'
import type { ApiKey } from '../src/domain/api-key.ts'
import { invalid, readFlags, splitWords } from '../src/option-sources.ts'
import type { KeyOperations } from '../src/operations/keys/key-operations.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { keyColumns } from './keys/columns.ts'
import { CreateFlags, DatabaseFlags, keyOf, parseFlags, type KeyFlags } from './keys/flags.ts'
import { withKeys } from './keys/with-keys.ts'
import { printJson, printNote, printTable } from './print.ts'
import { actionOf } from './sub-word.ts'

const USAGE = `carillon keys [list] [flags]
carillon keys create [flags]
carillon keys revoke <id> [flags]

  carillon keys create --name ci --scopes read,run --expires 90d > ci-key
  carillon keys revoke 7

This works on the database itself, so that it makes the first key. From then on, every service on the
database asks for one.

To create:
${flagLines(CreateFlags)}
Always:
${flagLines(DatabaseFlags)}`

interface Call {
  options: KeyFlags
  /** What stands after the action. */
  rest: readonly string[]
}

type Action = (keys: KeyOperations, call: Call) => Promise<void>

const CREATED_BY = 'command line'
const MAX_LISTED = 1_000

const ACTIONS: Readonly<Record<string, Action>> = {
  create: async (keys, { options }) => {
    const made = await keys.create(keyOf(options), { createdBy: CREATED_BY })
    if (options.json === true) return printJson(made)
    // Alone on its line, so that it can be captured.
    process.stdout.write(`${made.key}\n`)
    printNote(
      `This is key ${made.id}. It is shown here and never again; services on this database take it at once.`
    )
  },
  list: async (keys, { options }) => {
    const found = await keys.list({ limit: MAX_LISTED })
    if (isJson(options)) return printJson(found)
    printTable(keyColumns(Date.now()), found)
    if (found.length === 0) printNote('There are no keys.')
  },
  revoke: async (keys, { options, rest }) => {
    for (const id of idsIn(rest)) {
      const key: ApiKey = await keys.revoke(id)
      if (isJson(options)) printJson(key)
      else printTable(keyColumns(Date.now()), [key])
    }
  }
}

/** API keys, in the database. */
export const apiKeys: Command = {
  summary: 'Makes, lists and revokes API keys, in the database itself.',
  usage: USAGE,
  flags: DatabaseFlags,
  words: {
    list: { flags: DatabaseFlags },
    create: { flags: { ...CreateFlags, ...DatabaseFlags } },
    revoke: { flags: DatabaseFlags }
  },
  wrongUsage: 2,
  run: async (args) => {
    const schemas = { ...CreateFlags, ...DatabaseFlags }
    const { words, flags } = splitWords(schemas, args)
    const given = readFlags(schemas, flags)
    const [word = 'list', ...rest] = words
    const action = actionOf(ACTIONS, { command: 'keys', word, also: [] })
    const call = { options: parseFlags(given), rest }
    if (word === 'create') keyOf(call.options)
    if (word === 'revoke') idsIn(rest)
    await withKeys(call.options, { isToMake: word === 'create' }, (keys) => action(keys, call))
  }
}

/** @throws CarillonError `invalid_configuration` for what is no id, or if there is none */
function idsIn(words: readonly string[]): number[] {
  if (words.length === 0) throw invalid('"keys revoke" needs the id of a key.')
  const wrong = words.find((word) => !/^[1-9]\d{0,14}$/.test(word))
  if (wrong === undefined) return words.map(Number)
  // It may be a key itself, which is not to be shown.
  throw invalid('"keys revoke" needs ids, such as 7: that is the number in "car_7_…".')
}

function isJson({ json }: KeyFlags): boolean {
  return json === true || !process.stdout.isTTY
}
