import { sql } from 'kysely'
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration'
import { CarillonError, messageOf } from '../domain/errors.ts'
import type { Db } from './db.ts'

const TABLE = 'carillon_migrations'

function migratorOf(db: Db, provider: MigrationProvider): Migrator {
  return new Migrator({
    db: db.query,
    provider,
    migrationTableName: TABLE,
    migrationLockTableName: 'carillon_migrations_lock'
  })
}

/** Another process may be migrating; a migration takes longer than SQLite waits for a lock. */
const LOCK_TRIES = 30
const LOCK_PAUSE_MS = 200

/**
 * Brings the schema up to date, all or nothing but on MySQL, where what was done of it is done again
 * without harm; safe when several processes start at once. A schema that a newer version has brought
 * further is left as it is: while one version follows another, both are there.
 * @returns the names of the migrations that were applied
 * @throws CarillonError `store_unusable`
 */
export async function migrate(db: Db, provider: MigrationProvider): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withoutLimits(db, (unlimited) => migrateOnce(unlimited, provider))
    } catch (error) {
      if (!db.dialect.isBusy(error) || attempt === LOCK_TRIES) {
        const message = `The database could not be migrated: ${messageOf(error)}`
        throw new CarillonError('store_unusable', message, { cause: error })
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS))
  }
}

async function migrateOnce(db: Db, provider: MigrationProvider): Promise<string[]> {
  const known = await provider.getMigrations()
  const newer = await listNewer(db, known)
  const all = { ...known, ...Object.fromEntries(newer.map((name) => [name, nothing])) }
  const migrator = migratorOf(db, { getMigrations: async () => all })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return results.map((result) => result.migrationName)
}

/** Changing a large table takes longer than any other statement may. */
async function withoutLimits<Result>(
  { query, dialect }: Db,
  work: (db: Db) => Promise<Result>
): Promise<Result> {
  const { withoutLimits: limits } = dialect
  return query.connection().execute(async (connection) => {
    if (limits === null) return work({ query: connection, dialect })
    await limits.begin.execute(connection)
    try {
      return await work({ query: connection, dialect })
    } finally {
      await limits.end.execute(connection)
    }
  })
}

const nothing: Migration = { up: () => Promise.resolve() }

/** Migrations that were applied here by a newer version than this one. */
async function listNewer(db: Db, known: Record<string, Migration>): Promise<string[]> {
  const last = Object.keys(known).toSorted().at(-1) ?? ''
  return (await listApplied(db)).filter((name) => name > last)
}

/** The migrations that were applied; none where there never was one. */
async function listApplied(db: Db): Promise<string[]> {
  const read = async (): Promise<string[]> => {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)}`.execute(
      db.query
    )
    return rows.map((row) => row.name)
  }
  try {
    return await read()
  } catch {
    // Only now, because to look through the tables of a server takes long. Another process may have
    // made it since.
    const tables = await db.query.introspection.getTables({ withInternalKyselyTables: true })
    return tables.some((table) => table.name === TABLE) ? read() : []
  }
}

/** Whether every known migration has been applied. */
export async function isMigrated(db: Db, provider: MigrationProvider): Promise<boolean> {
  const applied = new Set(await listApplied(db))
  return Object.keys(await provider.getMigrations()).every((name) => applied.has(name))
}

/** How the schema of a database stands to the one that is known here. */
export type SchemaAge = 'none' | 'older' | 'current' | 'newer'

/** Changes nothing, whatever it finds. */
export async function findSchemaAge(db: Db, provider: MigrationProvider): Promise<SchemaAge> {
  const applied = new Set(await listApplied(db))
  if (applied.size === 0) return 'none'
  const known = Object.keys(await provider.getMigrations())
  if (!known.every((name) => applied.has(name))) return 'older'
  return applied.size > known.length ? 'newer' : 'current'
}
