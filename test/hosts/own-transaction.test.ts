import SqliteDriver from 'better-sqlite3'
import { CamelCasePlugin, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import mysql from 'mysql2'
import { Pool } from 'pg'
import carillon from '../../index.ts'
import { createHost, DAILY } from '../helpers/host.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { createDatabaseUrl, type DatabaseKind } from '../helpers/server-databases.ts'

interface OwnTables {
  ownOrders: { orderNumber: number }
}

/** A Kysely as a host has it, with names in another case. */
function createKysely(kind: DatabaseKind, url: string): Kysely<OwnTables> {
  const dialects = {
    sqlite: () => new SqliteDialect({ database: new SqliteDriver(url.replace('sqlite:', '')) }),
    postgres: () => new PostgresDialect({ pool: new Pool({ connectionString: url }) }),
    mysql: () => new MysqlDialect({ pool: mysql.createPool(url) })
  }
  return new Kysely({ dialect: dialects[kind](), plugins: [new CamelCasePlugin()] })
}

test('a job of a transaction of the host is seen and runs after the commit, or never was', async (t) => {
  const url = await createDatabaseUrl(t, kindOf(t))
  const host = createHost(t, { pluginTimeout: 0 })
  await host.register(carillon, { prefix: '/scheduler', database: url })
  const own = createKysely(kindOf(t), url)
  host.addHook('onClose', () => own.destroy())
  await own.schema.createTable('ownOrders').addColumn('orderNumber', 'integer').execute()
  await host.ready()
  const jobsOverHttp = async () => (await host.inject('/scheduler/jobs')).json().length

  const order = (orderNumber: number, fails: boolean) =>
    own.transaction().execute(async (trx) => {
      const scheduler = host.scheduler.withTransaction(trx)
      const job = await scheduler.createJob(DAILY)
      const run = await scheduler.run(job.id)
      await trx.insertInto('ownOrders').values({ orderNumber }).execute()
      if (fails) throw new Error('undone')
      return { job, run }
    })
  await t.rejects(order(1, true), /undone/)
  t.equal(await jobsOverHttp(), 0)
  const settled = new Promise((resolve) => host.scheduler.events.on('runs_settled', resolve))
  const { job, run } = await order(2, false)
  t.equal(await jobsOverHttp(), 1)
  await settled
  t.match(await host.scheduler.getRun(run.id), { state: 'succeeded', job_id: job.id })
  t.strictSame(await own.selectFrom('ownOrders').selectAll().execute(), [{ orderNumber: 2 }])
})
