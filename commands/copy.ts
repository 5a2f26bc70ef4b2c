import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { migrations } from '../core/migrations.ts'
import { Options, optionsFromEnvironment, parseConfig } from '../src/config.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { identify, listLive } from '../src/engine/replica.ts'
import { invalid, readFlags, readVariables } from '../src/option-sources.ts'
import { refuseOtherSchema, refuseUsed, type FindLive } from '../src/store/copy-checks.ts'
import { copyDatabase } from '../src/store/copy-database.ts'
import type { Database } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'
import { version } from '../src/version.ts'
import type { Command } from './command.ts'
import { copyReport } from './copy-report.ts'
import { flagLines } from './flag-lines.ts'
import { createProgressLines } from './progress-lines.ts'

const From = {
  from: Type.String({
    env: 'FROM_DATABASE_URL',
    secret: true,
    description: 'The database to copy; it is only read.'
  })
}
const To = {
  database: { ...Options.properties.database, description: 'The empty database to copy it into.' }
}

const CopyFlags = { ...From, ...To }

/** The way from one database to another. */
export const copy: Command = {
  summary: 'Copies everything from one database into another one, of any kind.',
  usage: `carillon copy [flags]\n\n${flagLines(CopyFlags)}`,
  flags: CopyFlags,
  wrongUsage: 2,
  run: async (flags) => {
    const { from, to } = readUrls(flags)
    const source = await openSource(from)
    try {
      await refuseOtherSchema(source, migrations)
      await refuseUsed(source, findLive)
      const destination = await openDatabase(to)
      try {
        await migrate(destination, migrations)
        await refuseOtherSchema(destination, migrations)
        await copyInto(source, destination)
      } finally {
        await destination.close()
      }
    } finally {
      await source.close()
    }
  }
}

/** Passwords need not be among the flags, which every user of the machine can list. */
function readUrls(flags: readonly string[]): { from: string; to: string } {
  const readFile = (path: string): string => readFileSync(path, 'utf8')
  const { from, ...options } = {
    ...optionsFromEnvironment(process.env, readFile),
    ...readVariables(From, process.env, readFile),
    ...readFlags(CopyFlags, flags)
  }
  const { database: to } = parseConfig(options)
  if (to === 'sqlite::memory:') {
    throw invalid(`DATABASE_URL is "${to}", which ends with this process; name one that stays.`)
  }
  if (typeof from === 'string') return { from, to }
  throw invalid(
    'What is to be copied? Name it by "--from sqlite:./carillon.db", FROM_DATABASE_URL or FROM_DATABASE_URL_FILE.'
  )
}

/** What is wrong with a database is told by the variable it usually has, which the other one has. */
async function openSource(url: string): Promise<Database> {
  try {
    return await openDatabase(url, { readOnly: true })
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error
    const message = error.message.replaceAll('DATABASE_URL', '--from')
    throw new CarillonError(error.code, message, { cause: error })
  }
}

const findLive: FindLive = (db) => listLive(db, identify(version))

async function copyInto(source: Database, destination: Database): Promise<void> {
  const { write } = createProgressLines(process.stderr)
  const rows = await copyDatabase(source, destination, {
    findLive,
    onProgress: ({ step, table, rows: done, of }) => write(`${step} ${done} of ${of} in ${table}`)
  })
  process.stdout.write(copyReport(rows))
  process.stdout.write(
    `\nEverything in ${source.description} is in ${destination.description} now, compared row by row.\n`
  )
}
