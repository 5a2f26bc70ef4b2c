import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { sql, type Kysely } from 'kysely'
import { test } from 'tap'
import type { Db } from '../../src/store/db.ts'
import { isMigrated, migrate } from '../../src/store/migrate.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { migrations } from '../helpers/migrations.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'

const run = promisify(execFile)

async function schemaOf(db: Db): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_master where sql is not null and name like 'carillon_%'
      and name not like 'carillon_migrations%' order by tbl_name, type desc, name
  `.execute(db.query)
  const columns = /, (?="\w+" |constraint)/g
  return rows.map((row) => `${row.sql.replaceAll(columns, ',\n  ')};\n`).join('')
}

test('the schema after all migrations is the one that was reviewed', async (t) => {
  const database = await createTestDatabase(t)
  const reviewed = readFileSync(path.join(import.meta.dirname, 'schema.sql'), 'utf8')
  t.equal(await schemaOf(database), reviewed, 'test/store/schema.sql says what changed')
})

test('migrating twice changes nothing', async (t) => {
  const database = await openSqlite(':memory:')
  t.teardown(() => database.close())
  t.equal(await isMigrated(database, migrations), false)
  const applied = await migrate(database, migrations)
  t.ok(applied.length > 0)
  t.equal(await isMigrated(database, migrations), true)
  const before = await schemaOf(database)
  t.strictSame(await migrate(database, migrations), [])
  t.equal(await schemaOf(database), before)
})

test('a migration that fails changes nothing, and says so', async (t) => {
  const database = await openSqlite(':memory:')
  t.teardown(() => database.close())
  const known = await migrations.getMigrations()
  const broken = {
    up: async (db: Kysely<unknown>) => {
      await sql`create table carillon_half (a)`.execute(db)
      throw new Error('in the middle')
    }
  }
  const provider = { getMigrations: async () => ({ ...known, '9999_break': broken }) }
  await t.rejects(migrate(database, provider), { code: 'store_unusable', message: /in the middle/ })
  t.equal(await schemaOf(database), '', 'all or nothing')
  await migrate(database, migrations)
  t.equal(await isMigrated(database, provider), false, 'one is left to do')
})

test('several processes that start at once migrate once', async (t) => {
  const file = path.join(t.testdir(), 'jobs.db')
  const script = path.join(import.meta.dirname, '../helpers/open-database.ts')
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const { stdout } = await run(execPath, [script, `sqlite:${file}`])
      return JSON.parse(stdout) as { applied?: string[]; message?: string }
    })
  )
  t.strictSame(
    answers.flatMap(({ message }) => message ?? []),
    []
  )
  const applied = answers.flatMap((answer) => answer.applied ?? [])
  t.strictSame(applied, Object.keys(await migrations.getMigrations()))
})

test('a lock of another process is waited for', async (t) => {
  const file = path.join(t.testdir(), 'jobs.db')
  const database = await openSqlite(file)
  t.teardown(() => database.close())
  const other = new Sqlite(file)
  t.teardown(() => other.close())
  other.exec('begin immediate')
  const migrating = migrate(database, migrations)
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  other.exec('commit')
  t.ok((await migrating).length > 0)
})
