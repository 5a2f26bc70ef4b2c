import type { Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createGate } from '../helpers/gate.ts'
import { ledgerFaults } from '../helpers/ledger.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'
import {
  busyError,
  diskError,
  fullError,
  isSettling,
  plainText,
  watchDatabase
} from '../helpers/watched-database.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const every: JobInput = {
  name: 'a',
  repeat_interval: '10s',
  overlap: 'allow',
  target: { type: 'handler', name: 'work' }
}

async function createWatched(t: Test) {
  const watch = watchDatabase(await createTestDatabase(t))
  const fault = diskError(watch.database)
  const parts = await createTestScheduler(t, { db: watch.database })
  /** Lets every statement fail that has these words. */
  const failAt = (...words: string[]): void => {
    watch.onStatement = (text) => {
      if (words.some((word) => plainText(text).includes(word))) throw fault
    }
  }
  return { ...parts, watch, fault, failAt, heal: () => (watch.onStatement = () => undefined) }
}

const ENQUEUE_STEPS = [
  'select id, version, definition, created_at, next_run_at, state',
  'select id, job_id, state, owner from carillon_runs',
  'next_run_at = given.next_at',
  'insert into carillon_runs'
]

test('no record, no start: whatever step of recording fails, nothing starts and nothing is lost', async (t) => {
  for (const step of ENQUEUE_STEPS) {
    const { scheduler, clock, events, fault, failAt, heal } = await createWatched(t)
    const calls = createGate(scheduler, 'work')
    const { id } = await scheduler.createJob({ ...every, misfire: 'all', misfire_window: '1h' })
    await clock.advance(5_000)
    failAt(step)
    await clock.advance(20_000)
    t.equal(calls.length, 0, step)
    t.strictSame(await runsOf(scheduler, id), [])
    t.equal((await scheduler.getJob(id)).next_run_at, '2026-01-01T00:00:10.000Z')
    const failures = events('pass_failed')
    t.ok(failures.length > 2 && failures.length < 20, 'it is told, and tried again with pauses')
    t.match(failures[0], { loop: 'enqueue', error: { code: fault.code } })
    heal()
    await clock.advance(6_000)
    t.equal(calls.length, 3)
    const runs = await runsOf(scheduler, id)
    t.strictSame(
      ledgerFaults(runs, { first: START + 10_000, last: START + 30_000, everyMs: 10_000 }),
      []
    )
    t.strictSame(
      runs.map((run) => run.state),
      ['running', 'running', 'running']
    )
  }
})

test('a result that cannot be written is kept, and written when the database is back', async (t) => {
  const { scheduler, clock, events, fault, failAt, heal } = await createWatched(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({
    ...every,
    start_date: '2026-01-01T00:00:10Z',
    repeat_interval: null
  })
  await clock.advance(10_100)
  failAt('attempt = given.attempt')
  calls[0]?.resolve('kept')
  await clock.advance(3_000)
  t.strictSame(await statesOf(scheduler, id), ['running'])
  t.match(events('pass_failed')[0], { loop: 'settle', error: { code: fault.code } })
  t.strictSame(events('runs_settled'), [], 'nothing is told before it is written')
  heal()
  await clock.advance(300)
  const [run] = await runsOf(scheduler, id)
  t.hasStrict(run, { state: 'succeeded', result: 'kept' })
  t.equal(events('runs_settled').length, 1)
})

test('while results cannot be written nothing new starts, and afterwards everything does', async (t) => {
  const { scheduler, clock, failAt, heal } = await createWatched(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(every)
  await clock.advance(10_100)
  failAt('attempt = given.attempt')
  calls[0]?.resolve()
  await clock.advance(30_000)
  t.equal(calls.length, 1)
  heal()
  // No timer of the settler comes before the next round that records: that one writes the result.
  await clock.advance(6_000)
  t.ok(calls.length >= 2, `${calls.length} attempts`)
  for (const call of calls) call.resolve()
  await clock.advance(20_000)
  for (const call of calls) call.resolve()
  await clock.advance(100)
  const states = await statesOf(scheduler, id)
  t.strictSame(
    states.filter((state) => state !== 'succeeded' && !state.startsWith('missed')),
    []
  )
  t.ok(calls.length >= 4)
})

test('when a round that records writes the held results, runs start again', async (t) => {
  const { scheduler, clock, watch } = await createWatched(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob({ ...every, start_date: '2026-01-01T00:00:10Z', repeat_interval: null })
  const second = await scheduler.createJob({
    ...every,
    start_date: '2026-01-01T00:00:20Z',
    repeat_interval: null
  })
  await clock.advance(19_990)
  let failures = 0
  watch.onStatement = (text) => {
    if (isSettling(text) && failures++ === 0) throw diskError(watch.database)
  }
  // Its result fails at 19.993 s and waits until 20.243 s; the round of 20 s takes it along.
  calls[0]?.resolve()
  await clock.advance(2_000)
  t.equal(failures, 2)
  t.equal(calls.length, 2)
  t.strictSame(await statesOf(scheduler, second.id), ['running'])
})

test('the result of a run and what it says about its job are written together or not at all', async (t) => {
  const { scheduler, clock, failAt, heal } = await createWatched(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(every)
  await clock.advance(10_100)
  failAt('last_run_at = given.ran_at')
  calls[0]?.resolve('done')
  await clock.advance(3_000)
  t.strictSame(await statesOf(scheduler, id), ['running'])
  t.equal((await scheduler.getJob(id)).last_outcome, null)
  heal()
  await clock.advance(1_000)
  t.strictSame(await statesOf(scheduler, id), ['succeeded'])
  t.hasStrict(await scheduler.getJob(id), { last_outcome: 'succeeded', running: 0 })
})

test('a failing heartbeat is tried again, and aborts nothing while the lease holds', async (t) => {
  const { scheduler, clock, events, failAt, heal } = await createWatched(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob(every)
  await clock.advance(10_100)
  failAt('update carillon_replicas')
  await clock.advance(15_000)
  t.match(events('pass_failed')[0], { loop: 'heartbeat' })
  t.equal(calls[0]?.attempt.signal.aborted, false)
  heal()
  await clock.advance(10_000)
  t.strictSame(events('lease_lost'), [])
})

test('a write that fails for a caller fails for him alone, and leaves nothing behind', async (t) => {
  const { scheduler, clock, fault, failAt, heal } = await createWatched(t)
  failAt('insert into carillon_job_tags')
  await t.rejects(scheduler.createJob({ name: 'a', repeat_interval: '1s', tags: ['x'] }), {
    code: fault.code
  })
  heal()
  t.strictSame(await scheduler.listJobs(), [])
  const { id } = await scheduler.createJob({ name: 'b', repeat_interval: '1s' })
  failAt('insert into carillon_runs')
  await t.rejects(scheduler.run(id), { code: fault.code })
  heal()
  t.strictSame(await runsOf(scheduler, id), [])
  await clock.advance(1_500)
  t.strictSame(await statesOf(scheduler, id), ['succeeded'])
})

test('a transaction is rolled back as a whole, tried again when busy, and says what is wrong', async (t) => {
  const { database } = await createTestScheduler(t, { start: false })
  const row = { name: 'x', host: 'x', pid: 1, version: '0', started_at: 0 }
  const count = async (): Promise<number> =>
    (await database.query.selectFrom('carillon_replicas').selectAll().execute()).length
  const insertThenThrow = (error: unknown, times: number) => {
    let tries = 0
    return inTransaction(database, async (trx) => {
      await trx.query.insertInto('carillon_replicas').values(row).execute()
      if (tries++ < times) throw error
      return tries
    })
  }
  await t.rejects(insertThenThrow(new Error('no'), 1), { message: 'no' })
  t.equal(await count(), 0)
  t.equal(await insertThenThrow(busyError(database), 1), 2, 'once more')
  t.equal(await count(), 1)
  await t.rejects(insertThenThrow(fullError(database), 1), {
    code: 'store_full',
    message: /disk.*full/
  })
  t.equal(await count(), 1)
})

const BROKEN: readonly [what: string, definition: string][] = [
  ['no JSON', '{"name":'],
  ['JSON of nothing', 'null'],
  ['a schedule that is none', '{"name":"b","schedule":"61 * * * *"}'],
  ['no schedule', '{"name":"b"}'],
  ['a bad timeout', '{"name":"b","repeat_interval":"10s","timeout":"soon"}'],
  ['a bad retry', '{"name":"b","repeat_interval":"10s","retry":{"initial":"soon"}}'],
  ['a bad window', '{"name":"b","repeat_interval":"10s","misfire_window":"soon"}'],
  ['an unknown target', '{"name":"b","repeat_interval":"10s","target":{"type":"telex"}}'],
  ['a target that is none', '{"name":"b","repeat_interval":"10s","target":7}']
]

test('a stored definition that cannot be used pauses its job, and no other', async (t) => {
  for (const [what, definition] of BROKEN) {
    const { scheduler, clock, database, events } = await createTestScheduler(t)
    const good = await scheduler.createJob({ name: 'good', repeat_interval: '10s' })
    const bad = await scheduler.createJob({ name: 'bad', repeat_interval: '10s' })
    await database.query
      .updateTable('carillon_jobs')
      .set({ definition })
      .where('id', '=', bad.id)
      .execute()
    await clock.advance(30_500)
    t.strictSame(await statesOf(scheduler, good.id), ['succeeded', 'succeeded', 'succeeded'], what)
    const row = await database.query
      .selectFrom('carillon_jobs')
      .select(['state', 'pause_reason', 'next_run_at'])
      .where('id', '=', bad.id)
      .executeTakeFirstOrThrow()
    t.strictSame([row.state, row.next_run_at], ['paused', null], what)
    t.match(row.pause_reason, /stored definition cannot be used/, what)
    t.match(events('job_broken'), [{ job_id: bad.id }], what)
    t.strictSame(events('pass_failed'), [], what)
  }
})

test('a waiting run whose stored definition cannot be used fails, and holds up no other', async (t) => {
  for (const [what, definition] of BROKEN) {
    if (what.includes('schedule') || what.includes('window')) continue
    const { scheduler, clock, database, events } = await createTestScheduler(t, { start: false })
    const good = await scheduler.createJob({ name: 'good', repeat_interval: '1h' })
    const bad = await scheduler.createJob({ name: 'bad', repeat_interval: '1h' })
    await scheduler.run(bad.id)
    await scheduler.run(good.id)
    await database.query
      .updateTable('carillon_jobs')
      .set({ definition })
      .where('id', '=', bad.id)
      .execute()
    await scheduler.start()
    await clock.advance(2_000)
    t.strictSame(await statesOf(scheduler, good.id), ['succeeded'], what)
    const [run] = await runsOf(scheduler, bad.id)
    t.hasStrict(run, { state: 'failed', error: { code: 'invalid_definition' } }, what)
    t.strictSame(events('pass_failed'), [], what)
    t.equal(scheduler.status().runsInFlight, 0, what)
  }
})

test('a job whose stored definition cannot be used is not run by hand', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  for (const [what, definition] of BROKEN) {
    if (what.includes('schedule')) continue
    const { id } = await scheduler.createJob({ name: 'bad', repeat_interval: '1h' })
    await database.query
      .updateTable('carillon_jobs')
      .set({ definition })
      .where('id', '=', id)
      .execute()
    await t.rejects(
      scheduler.run(id),
      { code: 'validation_failed', message: /stored definition/ },
      what
    )
    await clock.advance(100)
    t.strictSame(await runsOf(scheduler, id), [], what)
  }
})

test('a listener that throws stops nobody, and is told of', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const names = [
    'job_created',
    'runs_started',
    'runs_settled',
    'jobs_moved',
    'pass_completed'
  ] as const
  for (const name of names) {
    scheduler.events.on(name, () => {
      throw new Error(`no ${name}`)
    })
  }
  scheduler.events.on('listener_failed', () => {
    throw new Error('not even this')
  })
  const seen: number[] = []
  scheduler.events.on('runs_settled', ({ runs }) => seen.push(runs.length))
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '10s' })
  await clock.advance(20_500)
  t.strictSame(await statesOf(scheduler, id), ['succeeded', 'succeeded'])
  t.strictSame(seen, [1, 1])
  t.strictSame(new Set(events('listener_failed').map(({ event }) => event)), new Set(names))
})

test('a listener that was taken back hears nothing more', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const heard: number[] = []
  const off = scheduler.events.on('job_created', ({ job }) => heard.push(job.id))
  await scheduler.createJob({ name: 'a', repeat_interval: '10s' })
  off()
  await scheduler.createJob({ name: 'b', repeat_interval: '10s' })
  t.strictSame(heard, [1])
})
