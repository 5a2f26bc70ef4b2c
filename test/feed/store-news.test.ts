import { NOBODY } from '../../src/domain/caller.ts'
import { createGathering } from '../../src/feed/gathering.ts'
import { createRunMarks } from '../../src/feed/run-marks.ts'
import { followStore } from '../../src/feed/store-news.ts'
import { insertChange } from '../../src/store/changes.ts'
import type { Db } from '../../src/store/db.ts'
import { createTestFeed } from '../helpers/feed.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test, testOnServers } from '../helpers/on-every-database.ts'
import {
  createTestDatabase,
  createTestDatabases,
  createTestScheduler
} from '../helpers/scheduler.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

const QUIET = { name: 'quiet', schedule: '@yearly' }

test('what happens to a job and its runs is told, by whichever replica', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const { listen, clock } = await createTestFeed(t, { db: one, start: false })
  const { scheduler } = await createTestScheduler(t, { db: other, clock })
  const listener = await listen()
  const job = await scheduler.createJob(QUIET)
  const first = await scheduler.run(job.id)
  await clock.advance(1_500)
  t.same(listener.told(), [
    'hello new',
    'stats 0/100',
    `job ${job.id} created`,
    `run ${first.id} succeeded`
  ])

  await scheduler.pause(job.id)
  await clock.advance(1_500)
  const run = await scheduler.run(job.id)
  await clock.advance(1_500)
  await scheduler.deleteJob(job.id)
  await clock.advance(1_500)
  t.same(listener.told().slice(4), [
    `job ${job.id} updated`,
    `job ${job.id} moved`,
    `run ${run.id} succeeded`,
    `job ${job.id} deleted`
  ])
})

test('every change is told, by whichever replica and whoever did it', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const { listen, clock } = await createTestFeed(t, { db: one, start: false })
  const { scheduler } = await createTestScheduler(t, { db: other, clock })
  const first = await scheduler.createJob(QUIET)
  const all = await listen({ topics: ['changes'] })
  const ofFirst = await listen({ topics: ['changes'], jobId: first.id })
  const ann = scheduler.as({ actor: 'ann', address: '192.0.2.7' })
  const second = await ann.createJob(QUIET)
  await ann.skip(first.id, 1)
  await ann.skip(first.id, 2)
  await ann.run(first.id)
  await clock.advance(1_500)
  t.same(all.told().slice(1), [
    `change of ${second.id}: created`,
    `change of ${first.id}: skipped`,
    `change of ${first.id}: skipped`,
    `change of ${first.id}: run`
  ])
  t.equal(ofFirst.told().length, 4)
  const { changes } = await scheduler.listAllChanges({ limit: 1 })
  t.strictSame(all.messages.at(-1)?.event.data, changes[0])

  // Who comes back has missed none.
  all.leave()
  await ann.skip(second.id, 1)
  await clock.advance(1_500)
  const again = await listen({ topics: ['changes'], lastEventId: all.lastId() })
  t.same(again.told(), ['hello again', `change of ${second.id}: skipped`])
})

test('a run of another replica that went on before the listener came is told when it ends', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const { listen, clock } = await createTestFeed(t, { db: one, start: false })
  const { scheduler } = await createTestScheduler(t, { db: other, clock })
  const gate = Promise.withResolvers<void>()
  scheduler.handle('slow', () => gate.promise)
  const job = await scheduler.createJob({ ...QUIET, target: { type: 'handler', name: 'slow' } })
  const run = await scheduler.run(job.id)
  const listener = await listen({ topics: ['runs', 'stats'] })
  await clock.advance(3_000)
  // How it stood before it was followed is news once.
  t.same(listener.told(), ['hello new', 'stats 0/100', 'stats 1/100', `run ${run.id} running`])
  gate.resolve()
  await clock.advance(3_000)
  t.same(listener.told().slice(4).sort(), [`run ${run.id} succeeded`, 'stats 0/100'])
})

test('a run that waits is told although it began nowhere, and when it is cancelled', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const listener = await listen({ topics: ['runs'] })
  const target = { type: 'handler', name: 'nowhere' } as const
  const job = await scheduler.createJob({ ...QUIET, target })
  const run = await scheduler.run(job.id)
  await clock.advance(200)
  t.same(listener.told(), ['hello new', `run ${run.id} pending`])
  await scheduler.cancelRun(run.id)
  await clock.advance(1_000)
  t.same(listener.told().slice(2), [`run ${run.id} cancelled`])
})

test('a notice of another replica is followed at once', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const { listen, clock, scheduler: here } = await createTestFeed(t, { db: one, start: false })
  const { scheduler } = await createTestScheduler(t, { db: other, clock })
  const listener = await listen({ topics: ['jobs'] })
  const { id } = await scheduler.createJob(QUIET)
  here.events.emit('notice_received', { jobs: [id], wake: true, cancel: false })
  await clock.advance(100)
  t.same(listener.told(), ['hello new', `job ${id} created`])
})

test('replicas that come and go are told', async (t) => {
  const [one, other = one] = await createTestDatabases(t, 2)
  const { listen, clock } = await createTestFeed(t, { db: one, start: false })
  const listener = await listen({ topics: ['replicas'] })
  const { scheduler } = await createTestScheduler(t, { db: other, clock })
  await clock.advance(1_000)
  t.match(listener.told(), ['hello new', /^replica \d+ joined$/])
  t.match(listener.messages.at(-1)?.json, /"name":"test","version":"0.0.0","started_at":"2026-/)
  await scheduler.stop()
  await clock.advance(1_000)
  t.match(listener.told()[2], /^replica \d+ left$/)
})

test('while nobody listens the store is not asked, and a minute after the last one it is left alone', async (t) => {
  const database = await createTestDatabase(t)
  const watch = watchDatabase(database)
  let statements = 0
  watch.onStatement = () => {
    statements++
  }
  const { listen, clock, scheduler } = await createTestFeed(t, { db: watch.database, start: false })
  const job = await scheduler.createJob(QUIET)
  statements = 0
  scheduler.events.emit('jobs_moved', { ids: [job.id] })
  await clock.advance(10_000)
  t.equal(statements, 0, 'nobody ever came')

  const listener = await listen()
  await clock.advance(1_000)
  t.ok(statements > 0)
  listener.leave()
  await clock.advance(60_000)
  statements = 0
  scheduler.events.emit('jobs_moved', { ids: [job.id] })
  await clock.advance(120_000)
  t.equal(statements, 0, 'nobody is left')

  const late = await listen({ lastEventId: listener.lastId() })
  t.same(late.told().slice(0, 2), ['hello new', 'resync gap'])
})

testOnServers('what is committed after a row with a higher id is not passed over', async (t) => {
  const db = await createTestDatabase(t)
  const gathering = createGathering()
  const clock = createManualClock()
  const insert = (where: Db, jobId: number) =>
    insertChange(where, {
      jobId,
      at: 0,
      action: 'created',
      caller: NOBODY,
      version: 1,
      detail: null
    })
  const early = await db.query.startTransaction().execute()
  await insert({ query: early, dialect: db.dialect }, 1)
  await insert(db, 2)
  // One was on its way when the store began to be followed, and one comes later.
  const store = await followStore({
    db,
    clock,
    gathering,
    marks: createRunMarks(),
    areChangesWanted: () => false
  })
  const late = await db.query.startTransaction().execute()
  await insert({ query: late, dialect: db.dialect }, 3)
  await insert(db, 4)
  await store.look()
  t.same(gathering.take().jobs, [[4, 'created']])
  await early.commit().execute()
  await late.commit().execute()
  await store.look()
  t.same(gathering.take().jobs, [
    [1, 'created'],
    [3, 'created']
  ])
  await store.look()
  t.ok(gathering.isEmpty())
})
