import { sql } from 'kysely'
import tap from 'tap'
import type { Database } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { migrations } from './migrations.ts'
import { createDatabaseUrl, type ServerKind } from './server-databases.ts'

/** Databases that were migrated for this file and are in no test's hands. */
const stock: Record<ServerKind, string[]> = { postgres: [], mysql: [] }

/**
 * The URL of a migrated database without rows, whose ids begin at 1. Migrating takes a server a
 * hundred times as long as emptying, so that databases go from test to test within a file.
 */
export async function takeDatabaseUrl(kind: ServerKind): Promise<string> {
  const known = stock[kind].pop()
  const url = known ?? (await createDatabaseUrl(tap, kind))
  const database = await openDatabase(url)
  try {
    await (known === undefined ? migrate(database, migrations) : empty(database))
  } finally {
    await database.close()
  }
  return url
}

/** Lets another test take it; nobody may be connected to it any more. */
export function giveBackDatabaseUrl(kind: ServerKind, url: string): void {
  stock[kind].push(url)
}

async function empty({ query, dialect }: Database): Promise<void> {
  const all = await query.introspection.getTables()
  const tables = all.filter(({ name }) => !name.startsWith('carillon_migrations'))
  for (const { name, columns } of tables) {
    await sql`delete from ${sql.table(name)}`.execute(query)
    if (!columns.some((column) => column.isAutoIncrementing)) continue
    if (dialect.name === 'postgres') {
      await sql`alter table ${sql.table(name)} alter id restart`.execute(query)
    } else {
      await sql`alter table ${sql.table(name)} auto_increment = 1`.execute(query)
    }
  }
}
