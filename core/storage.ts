import type { Config } from '../src/config.ts'
import type { Database } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'
import { migrations } from './migrations.ts'

/** Where what opening a database has to tell is written. */
export interface StorageLog {
  info(fields: object, message: string): void
  warn(message: string): void
}

/** Opens the database and brings its schema up to date; nothing of it is left open where that fails. */
export async function openStorage(config: Config, log: StorageLog): Promise<Database> {
  const database = await openDatabase(config.database, { poolSize: config.poolSize })
  try {
    for (const warning of database.warnings) log.warn(warning)
    const applied = await migrate(database, migrations)
    if (applied.length > 0) log.info({ migrations: applied }, 'The database was migrated.')
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
