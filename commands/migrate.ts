import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { migrations } from '../core/migrations.ts'
import { Options, optionsFromEnvironment, parseConfig } from '../src/config.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { readFlags } from '../src/option-sources.ts'
import { isMigrated, migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'
import type { Command } from './command.ts'
import { flagLines } from './flag-lines.ts'

const MigrateFlags = {
  database: Options.properties.database,
  check: Type.Boolean({
    default: false,
    flagOnly: true,
    description: 'Only say whether something is left to do.'
  })
}

/** The schema, brought up to date before a service does it. */
export const migrateDatabase: Command = {
  summary: 'Brings the schema of the database up to date, as every start of a service does.',
  usage: `carillon migrate [flags]\n\n${flagLines(MigrateFlags)}`,
  flags: MigrateFlags,
  wrongUsage: 2,
  run: async (args) => {
    const { check = false, ...flags } = readFlags(MigrateFlags, args)
    const environment = optionsFromEnvironment(process.env, (path) => readFileSync(path, 'utf8'))
    const { database: url } = parseConfig({ ...environment, ...flags })
    const database = await openDatabase(url)
    try {
      if (check === false) {
        const applied = await migrate(database, migrations)
        const what = applied.length === 0 ? 'up to date already' : `migrated: ${applied.join(', ')}`
        process.stdout.write(`${database.description} is ${what}.\n`)
      } else if (await isMigrated(database, migrations)) {
        process.stdout.write(`${database.description} is up to date.\n`)
      } else {
        const message = `${database.description} has migrations left to be applied; run "carillon migrate".`
        throw new CarillonError('store_unusable', message)
      }
    } finally {
      await database.close()
    }
  }
}
