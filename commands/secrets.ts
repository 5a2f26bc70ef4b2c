import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { migrations } from '../core/migrations.ts'
import { vaultOf } from '../core/scheduler-options.ts'
import { Options, optionsFromEnvironment, parseConfig, type Config } from '../src/config.ts'
import { CarillonError } from '../src/domain/errors.ts'
import type { Vault } from '../src/engine/vault.ts'
import { countSealed, rotateSecrets } from '../src/operations/rotate-secrets.ts'
import { invalid, readFlags, splitWords } from '../src/option-sources.ts'
import type { Database } from '../src/store/db.ts'
import { isMigrated } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'
import { actionOf } from './sub-word.ts'

const SecretsFlags = {
  database: Options.properties.database,
  check: Type.Boolean({
    default: false,
    flagOnly: true,
    description: 'Only count what is sealed, by the key that it was sealed with.'
  })
}

const MAX_NAMED = 10

const ACTIONS: Readonly<Record<string, (config: Config, isCheck: boolean) => Promise<void>>> = {
  rotate
}

/** The secrets of jobs, sealed in the database. */
export const secrets: Command = {
  summary: 'Seals the secrets of jobs with a new key.',
  usage: `carillon secrets rotate [flags]

Seals with CARILLON_SECRET_KEY what was sealed with CARILLON_PREVIOUS_SECRET_KEY. Services may go
on meanwhile, if they have both keys; it may be interrupted and started again.

${flagLines(SecretsFlags)}`,
  words: { rotate: { flags: SecretsFlags } },
  wrongUsage: 2,
  run: async (args) => {
    const { words, flags } = splitWords(SecretsFlags, args)
    const [word, ...rest] = words
    if (word === undefined) throw invalid('What about the secrets? "carillon secrets rotate".')
    const action = actionOf(ACTIONS, { command: 'secrets', word, also: [] })
    if (rest.length > 0) throw invalid(`"secrets ${word}" takes flags alone.`)
    const { check, ...options } = readFlags(SecretsFlags, flags)
    const environment = optionsFromEnvironment(process.env, (path) => readFileSync(path, 'utf8'))
    await action(parseConfig({ ...environment, ...options }), check === true)
  }
}

async function rotate(config: Config, isCheck: boolean): Promise<void> {
  const vault = vaultOf(config)
  if (!isCheck && vault.keyId === null) {
    throw invalid(
      'There is no key to seal with; set CARILLON_SECRET_KEY, which "openssl rand -base64 32" makes.'
    )
  }
  const database = await openDatabase(config.database)
  try {
    await refuseOtherSchema(database)
    if (!isCheck) {
      const count = await rotateSecrets(database, vault)
      process.stdout.write(`${secretsOf(count)} sealed anew, with the key ${vault.keyId}.\n`)
    }
    await report(database, vault)
  } finally {
    await database.close()
  }
}

async function refuseOtherSchema(database: Database): Promise<void> {
  if (await isMigrated(database, migrations)) return
  const message = `${database.description} has migrations left to be applied; run "carillon migrate".`
  throw new CarillonError('store_unusable', message)
}

/** @throws CarillonError `store_unusable` when something does not open */
async function report(database: Database, vault: Vault): Promise<void> {
  const { byKey, unreadable } = await countSealed(database, vault)
  if (byKey.size === 0) process.stdout.write('Nothing is sealed.\n')
  for (const [id, count] of byKey) {
    const which = id === vault.keyId ? ', the current one' : ''
    process.stdout.write(`${secretsOf(count)} sealed with the key ${id}${which}.\n`)
  }
  if (unreadable.length === 0) return
  const named = unreadable.slice(0, MAX_NAMED).map((line) => `\n  ${line}`)
  throw new CarillonError(
    'store_unusable',
    `${secretsOf(unreadable.length)} not to be opened with the keys given:${named.join('')}`
  )
}

function secretsOf(count: number): string {
  return count === 1 ? '1 secret is' : `${count} secrets are`
}
