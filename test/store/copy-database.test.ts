import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import { test, type Test } from 'tap'
import { refuseOtherSchema } from '../../src/store/copy-checks.ts'
import { COPIED_TABLES } from '../../src/store/copied-tables.ts'
import { copyDatabase, type CopyProgress } from '../../src/store/copy-database.ts'
import { compareTable } from '../../src/store/copy-table.ts'
import type { Database } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { insertReplica, listReplicas } from '../../src/store/replicas.ts'
import { countRows } from '../../src/store/table-rows.ts'
import { migrations } from '../helpers/migrations.ts'
import {
  createDatabaseUrl,
  DATABASE_KINDS,
  DATABASE_NAMES,
  skipReasons,
  type DatabaseKind
} from '../helpers/server-databases.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

const quiet = { findLive: async () => [], onProgress: () => undefined }
const NOT_COPIED = 'carillon_commits'

async function openNew(t: Test, kind: DatabaseKind): Promise<Database> {
  const database = await openDatabase(await createDatabaseUrl(t, kind))
  t.teardown(() => database.close())
  await migrate(database, migrations)
  return database
}

async function openInMemory(t: Test): Promise<Database> {
  const database = await openDatabase('sqlite::memory:')
  t.teardown(() => database.close())
  await migrate(database, migrations)
  return database
}

function addJob({ query }: Database, more: { id?: number; definition?: string } = {}) {
  return query
    .insertInto('carillon_jobs')
    .values({
      version: 1,
      name: 'job',
      target: 'log',
      definition: '{}',
      state: 'enabled',
      pause_reason: null,
      paused_at: null,
      next_run_at: null,
      last_run_at: null,
      last_outcome: null,
      last_success_at: null,
      created_at: 1,
      updated_at: 1,
      ...more
    })
    .execute()
}

function addReplica(database: Database, name: string): Promise<number> {
  const row = { name, host: 'elsewhere', pid: 1, version: '0', started_at: 1 }
  return insertReplica(database, { ...row, expires_at: null, stopped_at: 2 })
}

async function countAll(database: Database): Promise<number> {
  let all = 0
  for (const table of COPIED_TABLES) all += await countRows(database, table)
  return all
}

/** The primary keys of our tables as the database itself tells them, columns sorted. */
async function keysIn({ query, dialect }: Database): Promise<Record<string, string[]>> {
  const statements = {
    sqlite: sql<{ name: string; field: string }>`
      select m.name as name, i.name as field from sqlite_master m, pragma_table_info(m.name) i
      where m.type = 'table' and i.pk > 0`,
    postgres: sql<{ name: string; field: string }>`
      select table_name as name, column_name as field from information_schema.key_column_usage
      join information_schema.table_constraints using (constraint_name, table_name)
      where constraint_type = 'PRIMARY KEY'`,
    mysql: sql<{ name: string; field: string }>`
      select table_name as name, column_name as field from information_schema.key_column_usage
      where table_schema = database() and constraint_name = 'PRIMARY'`
  }
  const { rows } = await statements[dialect.name].execute(query)
  const keys: Record<string, string[]> = {}
  for (const { name, field } of rows) {
    if (!/^carillon_(?!migrations)/.test(name)) continue
    keys[name] = [...(keys[name] ?? []), field].sort()
  }
  return keys
}

for (const kind of DATABASE_KINDS) {
  const name = DATABASE_NAMES[kind]
  test(
    `every table in ${name} is copied but one, by its primary key`,
    { skip: skipReasons[kind] },
    async (t) => {
      const { [NOT_COPIED]: left, ...keys } = await keysIn(await openNew(t, kind))
      t.strictSame(left, ['id'])
      const copied = COPIED_TABLES.map((table) => [table.name, table.key.toSorted()] as const)
      t.strictSame(Object.fromEntries(copied), keys)
    }
  )

  test(
    `what a start left in ${name} is replaced, and no id of it is given out again`,
    { skip: skipReasons[kind] },
    async (t) => {
      const source = await openInMemory(t)
      await addJob(source)
      await addReplica(source, 'old')
      const destination = await openNew(t, kind)
      for (const replica of ['one', 'two', 'three']) await addReplica(destination, replica)
      await copyDatabase(source, destination, quiet)
      const { rows } = await sql<{ name: string }>`select name from carillon_replicas`.execute(
        destination.query
      )
      t.strictSame(rows, [{ name: 'old' }])
      t.equal(await addReplica(destination, 'next'), 4)
    }
  )

  test(`rows too large for one statement reach ${name}`, { skip: skipReasons[kind] }, async (t) => {
    const source = await openInMemory(t)
    for (let id = 1; id <= 12; id++) await addJob(source, { definition: "é\\'".repeat(200_000) })
    const watched = watchDatabase(await openNew(t, kind))
    let longest = 0
    watched.onStatement = (_text, parameters) => {
      longest = Math.max(longest, parameters.join('').length)
    }
    await copyDatabase(source, watched.database, quiet)
    t.ok(longest > 600_000 && longest < 2_000_000, String(longest))
  })
}

test('a row that is lost, doubled or changed is found', async (t) => {
  const source = await openInMemory(t)
  const target = await openInMemory(t)
  const [jobs] = COPIED_TABLES.filter(({ name }) => name === 'carillon_jobs')
  if (jobs === undefined) throw new Error('Jobs are not copied.')
  const compare = () => compareTable({ table: jobs, source, target }, () => undefined)
  await addJob(source, { id: 7 })
  await t.rejects(compare(), { message: /carillon_jobs \[7\] is not in the copy/ })
  await addJob(target, { id: 7, definition: '{"a":1}' })
  await t.rejects(compare(), { message: /carillon_jobs \[7\] differs from its copy in definition/ })
  await target.query.updateTable('carillon_jobs').set({ definition: '{}' }).execute()
  t.equal(await compare(), 1)
  await addJob(target, { id: 8 })
  await t.rejects(compare(), { message: /carillon_jobs has 1 rows, but its copy has 2/ })
})

test('a source that is written to meanwhile is refused, and nothing is copied', async (t) => {
  const file = path.join(t.testdir(), 'carillon.db')
  const own = await openDatabase(`sqlite:${file}`)
  await migrate(own, migrations)
  await addJob(own)
  await own.close()
  const source = await openDatabase(`sqlite:${file}`, { readOnly: true })
  t.teardown(() => source.close())
  const other = new Sqlite(file)
  t.teardown(() => other.close())
  const write = `insert into carillon_changes (job_id, at, action, version) values (1, 1, 'updated', 1)`
  const destination = await openInMemory(t)
  let writes = 0
  const onProgress = () => {
    if (writes++ === 0) other.exec(write)
  }
  await t.rejects(copyDatabase(source, destination, { ...quiet, onProgress }), {
    message: /was written to while it was copied; stop every process/
  })
  t.equal(await countAll(destination), 0)
  t.strictSame(
    (await copyDatabase(source, destination, quiet)).filter(({ copied }) => copied > 0),
    [
      { table: 'carillon_jobs', copied: 1, compared: 1 },
      { table: 'carillon_changes', copied: 1, compared: 1 }
    ]
  )
})

test('a service that starts on the source meanwhile is noticed, and nothing is copied', async (t) => {
  const source = await openInMemory(t)
  const destination = await openInMemory(t)
  await addJob(source)
  const row = { name: 'early:1', host: 'h', pid: 1, version: '0', started_at: 1, stopped_at: null }
  let isStarted = false
  const findLive = async ({ query }: Pick<Database, 'query'>) => {
    if (query !== source.query) return []
    isStarted = true
    return [{ ...row, id: 1, expires_at: 4_000_000_000_000 }]
  }
  await t.rejects(copyDatabase(source, destination, { ...quiet, findLive }), {
    message: /is in use by early:1; stop the service first \(or wait until 2096-/
  })
  t.ok(isStarted)
  t.equal(await countAll(destination), 0)
  t.strictSame(await listReplicas(destination), [])
})

test('progress tells every page of both steps', async (t) => {
  const source = await openInMemory(t)
  for (let id = 1; id <= 450; id++) await addJob(source)
  const seen: CopyProgress[] = []
  await copyDatabase(source, await openInMemory(t), {
    ...quiet,
    onProgress: (progress) => seen.push(progress)
  })
  t.strictSame(
    seen.map(({ step, table, rows, of }) => `${step} ${rows} of ${of} in ${table}`),
    ['copied', 'compared'].flatMap((step) =>
      [200, 400, 450].map((rows) => `${step} ${rows} of 450 in carillon_jobs`)
    )
  )
})

test('a schema of a newer version is not taken for ours', async (t) => {
  const source = await openInMemory(t)
  await refuseOtherSchema(source, migrations)
  await sql`insert into carillon_migrations (name, timestamp) values ('9999_later', '')`.execute(
    source.query
  )
  await t.rejects(refuseOtherSchema(source, migrations), {
    message: /is of a newer version; copy with that version/
  })
})

test(
  'what a database cannot hold is refused by its table, and nothing is copied',
  { skip: skipReasons.postgres },
  async (t) => {
    const source = await openInMemory(t)
    await addJob(source, { definition: 'a\u0000b' })
    const destination = await openNew(t, 'postgres')
    await t.rejects(copyDatabase(source, destination, quiet), {
      message: /^Rows of carillon_jobs cannot be written: .*0x00; nothing was copied\.$/
    })
    t.equal(await countAll(destination), 0)
  }
)
