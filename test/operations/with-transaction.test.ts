import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import SqliteDriver from 'better-sqlite3'
import { CamelCasePlugin, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import mysql from 'mysql2'
import { Pool } from 'pg'
import type { Test } from 'tap'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { migrations } from '../helpers/migrations.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { createTestDatabase, createTestScheduler, overDays } from '../helpers/scheduler.ts'

const hourly = { name: 'ordered', schedule: '0 * * * *' }

interface OwnTables {
  orders: { orderNumber: number; jobId: number }
}

/** A Kysely as an application makes it: a driver with its defaults, and a plugin that renames. */
function ownDialect(kind: string, url: string) {
  if (kind === 'postgres') return new PostgresDialect({ pool: new Pool({ connectionString: url }) })
  if (kind === 'mysql') return new MysqlDialect({ pool: mysql.createPool(url) })
  return new SqliteDialect({ database: new SqliteDriver(url.replace('sqlite:', '')) })
}

async function createFileDatabase(t: Test) {
  const folder = await mkdtemp(path.join(tmpdir(), 'carillon-own-'))
  const url = `sqlite:${path.join(folder, 'carillon.db')}`
  const database = await openDatabase(url)
  await migrate(database, migrations)
  t.teardown(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })
  return { ...database, url }
}

/** A scheduler, and an application with its own tables and connections on the same database. */
async function createApplication(t: Test) {
  const kind = kindOf(t)
  const database = kind === 'sqlite' ? await createFileDatabase(t) : await createTestDatabase(t)
  const parts = await createTestScheduler(t, { ...overDays, pollMs: 1_000, db: database })
  const own = new Kysely<OwnTables>({
    dialect: ownDialect(kind, database.url),
    plugins: [new CamelCasePlugin()]
  })
  t.teardown(async () => {
    await own.schema.dropTable('orders').execute()
    await own.destroy()
  })
  await own.schema
    .createTable('orders')
    .addColumn('orderNumber', 'integer')
    .addColumn('jobId', 'bigint')
    .execute()
  return { ...parts, own }
}

test('what a job is created with in one transaction is there with the job, or not at all', async (t) => {
  const { scheduler, own } = await createApplication(t)
  const order = (orderNumber: number, fails: boolean) =>
    own.transaction().execute(async (trx) => {
      const { createJob } = scheduler.withTransaction(trx)
      const job = await createJob({ ...hourly, key: `order-${orderNumber}`, tags: ['order'] })
      await trx.insertInto('orders').values({ orderNumber, jobId: job.id }).execute()
      if (fails) throw new Error('undone')
      return job
    })
  await t.rejects(order(1, true), /undone/)
  t.equal((await scheduler.listJobs()).length, 0)
  const job = await order(2, false)
  const [row] = await own.selectFrom('orders').selectAll().execute()
  t.equal(Number(row?.jobId), job.id)
  t.strictSame(await scheduler.listJobs(), [job], 'numbers are numbers, whatever the driver gives')
})

test('every change of a job can be a part of the transaction of an application', async (t) => {
  const { scheduler, own, events } = await createApplication(t)
  const { id } = await scheduler.createJob(hourly)
  const gone = await scheduler.createJob(hourly)
  const told = events('job_updated').length
  await own.transaction().execute(async (trx) => {
    const inside = scheduler.withTransaction(trx)
    await inside.updateJob(id, { name: 'renamed' })
    await inside.putJob('keyed', hourly)
    await inside.pause(id, { reason: 'for now' })
    await inside.deleteJob(gone.id)
    await inside.run(id)
    await inside.as({ actor: 'ann', address: '::1' }).skip(id, 1)
    t.match(await inside.getJob(id), { name: 'renamed', state: 'paused', version: 2 })
    t.equal((await inside.listRuns({ filter: { jobId: id } })).length, 1)
  })
  t.match(await scheduler.getJob(id), { name: 'renamed', pause_reason: 'for now' })
  t.equal(await scheduler.countJobs(), 2)
  t.match(await scheduler.listChanges(id, { limit: 1 }), [{ actor: 'ann', address: '::1' }])
  t.equal(events('job_changed').length, 2)
  t.equal(events('job_updated').length, told, 'as if by another process')
})

test('what an application committed runs within a second', async (t) => {
  const { scheduler, own, clock } = await createApplication(t)
  const start = new Date(clock.now() + 1_500).toISOString()
  await own.transaction().execute(async (trx) => {
    const inside = scheduler.withTransaction(trx)
    await inside.createJob({ name: 'soon', start_date: start })
    const { id } = await inside.createJob(hourly)
    await inside.run(id)
  })
  await clock.advance(1_010)
  t.match(await scheduler.listRuns(), [{ cause: 'manual', state: 'succeeded' }])
  await clock.advance(1_000)
  const [scheduled] = await scheduler.listRuns({ filter: { cause: 'schedule' } })
  t.match(scheduled, { state: 'succeeded', lateness_ms: 0 })
})

test('what an application does directly after a call comes into no transaction of the rounds', async (t) => {
  const { scheduler, own, clock } = await createApplication(t)
  const { id } = await scheduler.createJob({ ...hourly, overlap: 'allow' })
  for (let orderNumber = 0; orderNumber < 10; orderNumber++) {
    clock.jumpTo(clock.now() + 3_600_000)
    await scheduler.run(id)
    // On SQLite it would wait for a lock that nobody can give back while it waits.
    await own.transaction().execute(async (trx) => {
      await trx.insertInto('orders').values({ orderNumber, jobId: id }).execute()
    })
  }
  t.equal((await own.selectFrom('orders').selectAll().execute()).length, 10)
})
