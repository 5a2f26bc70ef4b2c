import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { PostgresAdapter, sql, type Kysely, type QueryExecutorProvider } from 'kysely'
import { test as plainTest, type Test } from 'tap'
import type { Database } from '../../src/store/db.ts'
import { isMigrated, migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { migrations } from '../helpers/migrations.ts'
import { kindOf, test, testOnServers } from '../helpers/on-every-database.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'
import { schemaText } from '../helpers/schema-text.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

const run = promisify(execFile)

async function openEmpty(t: Test): Promise<Database> {
  const kind = kindOf(t)
  const database = await openDatabase(
    kind === 'sqlite' ? 'sqlite::memory:' : await createDatabaseUrl(t, kind)
  )
  t.teardown(() => database.close())
  return database
}

/** MySQL shows its tables in words of its own; those of MariaDB were reviewed. */
async function isReviewed({ query, dialect }: Database): Promise<boolean> {
  if (dialect.name !== 'mysql') return true
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(query)
  return rows[0]?.version.includes('MariaDB') === true
}

test('the schema after all migrations is the one that was reviewed', async (t) => {
  const database = await createTestDatabase(t)
  if (!(await isReviewed(database))) return
  const file = path.join(import.meta.dirname, `schema.${kindOf(t)}.sql`)
  const reviewed = existsSync(file) ? readFileSync(file, 'utf8') : ''
  t.equal(await schemaText(database), reviewed, `test/store/schema.${kindOf(t)}.sql says it`)
})

test('migrating twice changes nothing', async (t) => {
  const database = await openEmpty(t)
  t.equal(await isMigrated(database, migrations), false)
  const applied = await migrate(database, migrations)
  t.ok(applied.length > 0)
  t.equal(await isMigrated(database, migrations), true)
  const before = await schemaText(database)
  t.strictSame(await migrate(database, migrations), [])
  t.equal(await schemaText(database), before)
})

test('a migration that fails says so, and what it did is undone where that can be', async (t) => {
  const database = await openEmpty(t)
  const known = await migrations.getMigrations()
  const broken = {
    up: async (db: Kysely<unknown>) => {
      await sql`create table carillon_half (a integer)`.execute(db)
      throw new Error('in the middle')
    }
  }
  const provider = { getMigrations: async () => ({ ...known, '9999_break': broken }) }
  await t.rejects(migrate(database, provider), { code: 'store_unusable', message: /in the middle/ })
  if (kindOf(t) !== 'mysql') t.match(await schemaText(database), /^;?\s*$/, 'all or nothing')
  await migrate(database, migrations)
  t.equal(await isMigrated(database, provider), false, 'one is left to do')
})

/** Migrates a new database until so many statements have been carried out. */
async function cutOff(
  t: Test,
  statements: number
): Promise<{ database: Database; isCut: boolean }> {
  const database = await openEmpty(t)
  const watch = watchDatabase(database)
  let left = statements
  watch.onStatement = (text) => {
    const isStep = /^\s*(?:create|alter|drop|insert) /i.test(text)
    if (isStep && !text.includes('carillon_migrations_lock') && left-- === 0) {
      throw new Error('cut off')
    }
  }
  const failure = await migrate(watch.database, migrations).then(() => null, String)
  if (failure !== null) t.match(failure, /cut off/)
  return { database, isCut: failure !== null }
}

test('what a migration that was cut off has done does not hinder the next one', async (t) => {
  const reference = await schemaText(await createTestDatabase(t))
  // Where changes of tables are undone, one place is as good as another.
  const step = kindOf(t) === 'mysql' ? 3 : 9
  let cuts = 0
  for (let statements = 1; ; statements += step) {
    const { database, isCut } = await cutOff(t, statements)
    if (!isCut) break
    await migrate(database, migrations)
    t.equal(await schemaText(database), reference, `cut after ${statements} statements`)
    cuts++
  }
  t.ok(cuts > 2, `${cuts} places`)
})

test('a schema that a newer version has brought further is left as it is', async (t) => {
  const database = await openEmpty(t)
  const known = await migrations.getMigrations()
  const up = async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table carillon_newer (a integer)`.execute(db)
  }
  const newer = { ...known, '9998_more': { up }, '9999_nothing': { up: async () => undefined } }
  await migrate(database, { getMigrations: async () => newer })
  const before = await schemaText(database)
  t.match(before, /carillon_newer/)
  t.strictSame(await migrate(database, migrations), [])
  t.equal(await isMigrated(database, migrations), true)
  t.equal(await schemaText(database), before)
  t.strictSame(await migrate(database, { getMigrations: async () => newer }), [])
})

test('a migration that is missing in the middle is refused', async (t) => {
  const database = await createTestDatabase(t)
  const { '0002_add_shape_of_time': _missing, ...rest } = await migrations.getMigrations()
  await t.rejects(migrate(database, { getMigrations: async () => rest }), {
    code: 'store_unusable',
    message: /0002_add_shape_of_time/
  })
})

test('several processes that start at once migrate once', async (t) => {
  const url = await createDatabaseUrl(t, kindOf(t))
  const script = path.join(import.meta.dirname, '../helpers/open-database.ts')
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const { stdout } = await run(execPath, [script, url])
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

/** How many milliseconds a statement may take on this connection. */
async function limitOf(query: QueryExecutorProvider): Promise<number> {
  const isPostgres = query.getExecutor().adapter instanceof PostgresAdapter
  const { rows } = await (
    isPostgres
      ? sql<{
          ms: number
        }>`select setting::int as ms from pg_settings where name = 'statement_timeout'`
      : sql<{ ms: number }>`select floor(@@max_statement_time * 1000) as ms`
  ).execute(query)
  return rows[0]?.ms ?? NaN
}

testOnServers('a migration may take longer than any other statement', async (t) => {
  const url = await createDatabaseUrl(t, kindOf(t) === 'mysql' ? 'mysql' : 'postgres')
  const database = await openDatabase(url, { poolSize: 1 })
  t.teardown(() => database.close())
  if (!(await isReviewed(database))) return
  t.equal(await limitOf(database.query), 30_000)
  const limits: number[] = []
  const up = async (query: Kysely<unknown>): Promise<void> => {
    limits.push(await limitOf(query))
  }
  await migrate(database, { getMigrations: async () => ({ '0001_look': { up } }) })
  t.strictSame(limits, [0])
  t.equal(await limitOf(database.query), 30_000, 'and nothing else')
  const broken = {
    '0001_look': { up },
    '0002_break': { up: () => Promise.reject(new Error('no')) }
  }
  await t.rejects(migrate(database, { getMigrations: async () => broken }))
  t.equal(await limitOf(database.query), 30_000)
})

void plainTest('a lock of another process is waited for', async (t) => {
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
