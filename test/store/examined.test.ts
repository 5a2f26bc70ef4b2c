/** What `carillon doctor` asks a database. */
import { listHttpJobs } from '../../src/store/http-jobs.ts'
import { listLeftRuns } from '../../src/store/left-runs.ts'
import { stopReplica } from '../../src/store/replicas.ts'
import { findServerVersion } from '../../src/store/server-version.ts'
import { DATABASE_NAMES } from '../helpers/server-databases.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { addJob, addReplica, addRuns, newRun } from '../helpers/rows.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'

test('a database says what it is, and its version', async (t) => {
  const db = await createTestDatabase(t)
  const name = DATABASE_NAMES[kindOf(t)]
  t.match(await findServerVersion(db), new RegExp(`^${name} \\d+\\.\\d+`))
})

test('runs of a replica that lives are not left, those of others are counted', async (t) => {
  const db = await createTestDatabase(t)
  const [silent, stopped, alive] = [
    await addReplica(db, 'a'),
    await addReplica(db),
    await addReplica(db)
  ]
  const job = await addJob(db)
  const running = (scheduledFor: number) => newRun(job, { scheduledFor, state: 'running' })
  await addRuns(db, [running(1), running(2)], silent)
  await addRuns(db, [running(3)], stopped)
  await stopReplica(db, stopped, { now: 3_000 })
  t.strictSame(await listLeftRuns(db, 4_999), [
    { owner: stopped, runs: 1, name: 'r', expires_at: null }
  ])
  await addRuns(db, [running(4)], alive)
  await db.query
    .updateTable('carillon_replicas')
    .set({ expires_at: 9_000 })
    .where('id', '=', alive)
    .execute()
  t.strictSame(await listLeftRuns(db, 5_000), [
    { owner: silent, runs: 2, name: 'a', expires_at: 5_000 },
    { owner: stopped, runs: 1, name: 'r', expires_at: null }
  ])
  await db.query.deleteFrom('carillon_replicas').where('id', '=', silent).execute()
  t.match((await listLeftRuns(db, 5_000))[0], { owner: silent, runs: 2, name: null })
})

test('jobs that call a URL are listed page by page, without paused ones', async (t) => {
  const db = await createTestDatabase(t)
  const target = { type: 'http' as const, url: 'http://a.example/' }
  const first = await addJob(db, { target })
  await addJob(db)
  const paused = await addJob(db, { target })
  const last = await addJob(db, { target })
  await db.query
    .updateTable('carillon_jobs')
    .set({ state: 'paused' })
    .where('id', '=', paused)
    .execute()
  const ids = async (afterId: number, limit: number) =>
    (await listHttpJobs(db, { afterId, limit })).map(({ id }) => id)
  t.strictSame(await ids(0, 10), [first, last])
  t.strictSame(await ids(0, 1), [first])
  t.strictSame(await ids(first, 10), [last])
})
