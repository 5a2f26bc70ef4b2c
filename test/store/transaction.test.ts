import { sql } from 'kysely'
import type { Database, Db } from '../../src/store/db.ts'
import { lockJobs } from '../../src/store/jobs.ts'
import { openDatabase } from '../../src/store/open.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createTcpProxy } from '../helpers/tcp-proxy.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { test, testOnServers } from '../helpers/on-every-database.ts'
import { addJob } from '../helpers/rows.ts'
import { createTestDatabase, createTestDatabases } from '../helpers/scheduler.ts'
import { administer, createDatabaseUrl } from '../helpers/server-databases.ts'

const rename = (trx: Db, id: number, name: string) =>
  trx.query.updateTable('carillon_jobs').set({ name }).where('id', '=', id).execute()

const namesOf = async ({ query }: Db): Promise<string[]> =>
  (await query.selectFrom('carillon_jobs').select('name').orderBy('id').execute()).map(
    (row) => row.name
  )

test('all of a transaction is written, or nothing', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db, { name: 'before' })
  const failing = inTransaction(db, async (trx) => {
    await rename(trx, id, 'after')
    await addJob(trx, { name: 'more' })
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.strictSame(await namesOf(db), ['before'])
  const keys = await db.query.selectFrom('carillon_commits').selectAll().execute()
  await inTransaction(db, (trx) => rename(trx, id, 'after'))
  t.strictSame(await namesOf(db), ['after'])
  const later = await db.query.selectFrom('carillon_commits').selectAll().execute()
  t.equal(later.length - keys.length, db.dialect.isShared ? 1 : 0, 'with its key, on a server')
})

test('a transaction in a transaction is a part of it', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db, { name: 'before' })
  const failing = inTransaction(db, async (trx) => {
    await inTransaction(trx, (inner) => rename(inner, id, 'after'))
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.strictSame(await namesOf(db), ['before'])
})

test('a statement that failed in a transaction undoes all of it, even when its error is swallowed', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db, { name: 'before' })
  const swallowing = inTransaction(db, async (trx) => {
    await rename(trx, id, 'after')
    await sql`select * from carillon_nothing`.execute(trx.query).catch(() => undefined)
  })
  // SQLite and MySQL undo the statement alone; PostgreSQL would answer a COMMIT with a rollback.
  const isCommitted = await swallowing.then(
    () => true,
    () => false
  )
  t.strictSame(await namesOf(db), [isCommitted ? 'after' : 'before'])
})

testOnServers('transactions that wait for each other are both carried out', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const ids = [await addJob(one, { name: '' }), await addJob(one, { name: '' })]
  const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let tries = 0
  const append = (trx: Db, id: number, name: string) =>
    sql`update carillon_jobs set name = ${
      trx.dialect.name === 'mysql' ? sql`concat(name, ${name})` : sql`name || ${name}::text`
    } where id = ${id}`.execute(trx.query)
  const cross = (db: Database, me: 0 | 1) =>
    inTransaction(db, async (trx) => {
      tries++
      await append(trx, ids[me] ?? 0, String(me))
      arrived[me]?.resolve()
      await arrived[1 - me]?.promise
      await append(trx, ids[1 - me] ?? 0, String(me))
    })
  await Promise.all([cross(one, 0), cross(other, 1)])
  t.equal(tries, 3, 'one of them was tried again')
  const names = await namesOf(one)
  t.strictSame(
    names.map((name) => name.split('').toSorted((a, b) => a.localeCompare(b))),
    [
      ['0', '1'],
      ['0', '1']
    ]
  )
})

testOnServers('a write that another transaction overtook is tried again', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const id = await addJob(one, { name: 'first' })
  if (one.dialect.name === 'mysql') return
  let tries = 0
  await inTransaction(one, async (trx) => {
    tries++
    await sql`set transaction isolation level serializable`.execute(trx.query)
    await namesOf(trx)
    if (tries === 1) await inTransaction(other, (inner) => rename(inner, id, 'second'))
    await rename(trx, id, 'third')
  })
  t.equal(tries, 2)
  t.strictSame(await namesOf(one), ['third'])
})

testOnServers('one who waits too long for a lock is told that the database is busy', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const id = await addJob(one)
  const holding = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const held = inTransaction(other, async (trx) => {
    await lockJobs(trx, [id])
    holding.resolve()
    await release.promise
  })
  await holding.promise
  let tries = 0
  const shorter =
    one.dialect.name === 'postgres'
      ? `set local lock_timeout = 50`
      : `set session innodb_lock_wait_timeout = 1`
  const waiting = inTransaction(one, async (trx) => {
    tries++
    await sql.raw(shorter).execute(trx.query)
    if (tries === 3) release.resolve()
    await lockJobs(trx, [id])
    return 'done'
  })
  t.equal(await waiting, 'done')
  t.ok(tries >= 3, `${tries} tries`)
  await held
})

for (const when of ['before', 'after'] as const) {
  const what =
    when === 'after' ? 'took place is not made twice' : 'did not take place is made again'
  testOnServers(`a commit without an answer that ${what}`, async (t, kind) => {
    const direct = await createTestDatabase(t)
    const proxy = await createTcpProxy(t, kind, direct.url)
    const db = await openDatabase(proxy.url)
    t.teardown(() => db.close())
    for (let round = 1; round <= 5; round++) {
      let tries = 0
      let isNext = true
      proxy.loseCommits(() => {
        const loss = isNext ? when : null
        isNext = false
        return loss
      })
      const answer = await inTransaction(db, async (trx) => {
        tries++
        await addJob(trx, { name: `${round}, try ${tries}` })
        return tries
      })
      t.equal(proxy.lost(), round, 'an answer was lost')
      t.equal(answer, when === 'after' ? 1 : 2)
      t.equal(tries, answer)
      t.equal((await namesOf(direct)).at(-1), `${round}, try ${tries}`)
      t.equal((await namesOf(direct)).length, round)
    }
  })
}

testOnServers('a connection that is killed in a transaction costs one more try', async (t) => {
  const db = await createTestDatabase(t)
  let tries = 0
  await inTransaction(db, async (trx) => {
    tries++
    await addJob(trx, { name: `try ${tries}` })
    if (tries > 1) return
    if (db.dialect.name === 'postgres') {
      const { rows } = await sql<{ id: number }>`select pg_backend_pid() as id`.execute(trx.query)
      await administer('postgres', `select pg_terminate_backend(${rows[0]?.id})`)
    } else {
      const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(trx.query)
      await administer('mysql', `kill ${rows[0]?.id}`)
    }
  })
  t.equal(tries, 2)
  t.strictSame(await namesOf(db), ['try 2'])
})

testOnServers(
  'a question after a commit that did not take place is no commit, when it is not answered either',
  async (t, kind) => {
    const direct = await createTestDatabase(t)
    const proxy = await createTcpProxy(t, kind, direct.url)
    const db = await openDatabase(proxy.url)
    t.teardown(() => db.close())
    let isFirst = true
    proxy.loseCommits(
      () => {
        const loss = isFirst ? 'before' : null
        isFirst = false
        return loss
      },
      () => {
        if (proxy.lost() === 1) proxy.loseAnswerTo('carillon_commits')
      }
    )
    let tries = 0
    await inTransaction(db, (trx) => addJob(trx, { name: `try ${++tries}` }))
    t.equal(proxy.lost(), 2)
    t.strictSame(await namesOf(direct), ['try 2'])
  }
)

testOnDatabases(
  'a server that falls silent while a connection is prepared holds up nobody for ever',
  // The calls of the other one have their deadline from the beginning, half a minute later.
  ['mysql'],
  async (t, kind) => {
    const proxy = await createTcpProxy(t, kind, await createDatabaseUrl(t, kind))
    const db = await openDatabase(proxy.url)
    t.teardown(() => db.close())
    // The first thing that is asked on a new connection; the one that there is is taken.
    proxy.silenceAt('select version()')
    await db.query.transaction().execute(async () => {
      await t.rejects(sql`select 1`.execute(db.query), { code: 'store_unavailable' })
    })
  }
)
