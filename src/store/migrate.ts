import { Migrator, type MigrationProvider } from 'kysely/migration'
import { CarillonError, messageOf } from '../domain/errors.ts'
import type { Db } from './db.ts'

function migratorOf(db: Db, provider: MigrationProvider): Migrator {
  return new Migrator({
    db: db.query,
    provider,
    migrationTableName: 'carillon_migrations',
    migrationLockTableName: 'carillon_migrations_lock'
  })
}

/** Another process may be migrating; a migration takes longer than SQLite waits for a lock. */
const LOCK_TRIES = 30
const LOCK_PAUSE_MS = 200

/**
 * Brings the schema up to date, all or nothing; safe when several processes start at once.
 * @returns the names of the migrations that were applied
 * @throws CarillonError `store_unusable`
 */
export async function migrate(db: Db, provider: MigrationProvider): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const { error, results = [] } = await migratorOf(db, provider).migrateToLatest()
    if (error === undefined) return results.map((result) => result.migrationName)
    if (!db.dialect.isBusy(error) || attempt === LOCK_TRIES) {
      const message = `The database could not be migrated: ${messageOf(error)}`
      throw new CarillonError('store_unusable', message, { cause: error })
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS))
  }
}

/** Whether every known migration has been applied. */
export async function isMigrated(db: Db, provider: MigrationProvider): Promise<boolean> {
  const migrations = await migratorOf(db, provider).getMigrations()
  return migrations.every((migration) => migration.executedAt !== undefined)
}
