import { sql } from 'kysely'
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

/** How the schema of a database stands to the one that is known here. */
export type SchemaAge = 'none' | 'older' | 'current' | 'newer'

/** Changes nothing, whatever it finds. */
export async function findSchemaAge(db: Db, provider: MigrationProvider): Promise<SchemaAge> {
  const known = await migratorOf(db, provider).getMigrations()
  const applied = known.filter((migration) => migration.executedAt !== undefined)
  if (applied.length === 0) return 'none'
  if (applied.length < known.length) return 'older'
  const { rows } = await sql`select name from carillon_migrations`.execute(db.query)
  return rows.length > known.length ? 'newer' : 'current'
}
