import { readFileSync } from 'node:fs'
import process from 'node:process'
import { clockOf } from '../../core/clock-of.ts'
import { migrations } from '../../core/migrations.ts'
import { optionsFromEnvironment, parseConfig } from '../../src/config.ts'
import { CarillonError } from '../../src/domain/errors.ts'
import { createEventHub } from '../../src/engine/events.ts'
import {
  createKeyOperations,
  type KeyOperations
} from '../../src/operations/keys/key-operations.ts'
import { isMigrated, migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'

/**
 * The keys of the database that flags and environment name. To make the first one, the database itself
 * is made.
 * @throws CarillonError `store_unusable`, also where there is no table of keys to look into
 */
export async function withKeys<Result>(
  { database: url }: { database?: string },
  { isToMake }: { isToMake: boolean },
  work: (keys: KeyOperations) => Promise<Result>
): Promise<Result> {
  const environment = optionsFromEnvironment(process.env, (path) => readFileSync(path, 'utf8'))
  const config = parseConfig({ ...environment, ...(url !== undefined && { database: url }) })
  // Who looks into a file that is not there must not make it.
  if (!isToMake) await (await openDatabase(config.database, { readOnly: true })).close()
  const db = await openDatabase(config.database)
  try {
    if (isToMake) await migrate(db, migrations)
    else if (!(await isMigrated(db, migrations))) {
      const message = `${db.description} has migrations left to be applied; run "carillon migrate".`
      throw new CarillonError('store_unusable', message)
    }
    const { clock, stop } = await clockOf(db, undefined)
    try {
      return await work(createKeyOperations({ db, clock, events: createEventHub() }))
    } finally {
      stop()
    }
  } finally {
    await db.close()
  }
}
