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

/**
 * Brings the schema up to date, all or nothing; safe when several processes start at once.
 * @returns the names of the migrations that were applied
 * @throws CarillonError `store_unusable`
 */
export async function migrate(db: Db, provider: MigrationProvider): Promise<string[]> {
  const { error, results = [] } = await migratorOf(db, provider).migrateToLatest()
  if (error === undefined) return results.map((result) => result.migrationName)
  throw new CarillonError(
    'store_unusable',
    `The database could not be migrated: ${messageOf(error)}`,
    { cause: error }
  )
}

/** Whether every known migration has been applied. */
export async function isMigrated(db: Db, provider: MigrationProvider): Promise<boolean> {
  const migrations = await migratorOf(db, provider).getMigrations()
  return migrations.every((migration) => migration.executedAt !== undefined)
}
