/** Nothing is started on any replica while scheduling is paused, and nothing is lost. */
import { test as onSqlite, type Test } from 'tap'
import { MISFIRE_POLICIES } from '../../src/domain/misfire.ts'
import { enqueueJobs, usableSlots } from '../../src/engine/enqueue.ts'
import type { SchedulerOptions } from '../../src/scheduler.ts'
import { claimRuns } from '../../src/store/claim-runs.ts'
import type { Db } from '../../src/store/db.ts'
import { listDueJobs } from '../../src/store/due-jobs.ts'
import { listAvailableLevels, listPlannedLevels } from '../../src/store/levels.ts'
import { findPause } from '../../src/store/pause.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createGate } from '../helpers/gate.ts'
import { ledgerFaults } from '../helpers/ledger.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { addJob, addReplica, addRuns, newRun } from '../helpers/rows.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestDatabases, createTestScheduler, overDays } from '../helpers/scheduler.ts'
import { until } from '../helpers/until.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const MINUTE = 60_000
const ANN = { actor: 'ann', address: '10.0.0.7' }

/** Several started schedulers on one database and one clock, as replicas are. */
async function createReplicas(t: Test, count: number, options: Partial<SchedulerOptions> = {}) {
  const databases = await createTestDatabases(t, count)
  const clock = createManualClock(START)
  const start = (db: Db, name: string) => {
    const identity = { name, host: name, pid: 1, version: '0' }
    return createTestScheduler(t, { ...options, db, clock, identity })
  }
  const [db, ...others] = databases
  const first = await start(db, 'first')
  const rest = await Promise.all(others.map((other, index) => start(other, `other ${index}`)))
  const started = () => [first, ...rest].flatMap(({ events }) => events('runs_started'))
  const failures = () => [first, ...rest].flatMap(({ events }) => events('pass_failed'))
  return { databases, clock, first, rest, start, started, failures }
}

test('while paused nothing starts on any replica; what runs goes on', async (t) => {
  const { clock, first, rest, started, failures } = await createReplicas(t, 3)
  const calls = createGate(first.scheduler, 'slow')
  for (const { scheduler } of rest) scheduler.handle('slow', () => 'elsewhere')
  const target = { type: 'handler', name: 'slow' } as const
  const { id: slow } = await first.scheduler.createJob({
    name: 'slow',
    start_date: '2027-01-01T00:00:00Z',
    target
  })
  const { id } = await first.scheduler.createJob({ name: 'often', repeat_interval: '1s' })
  await first.scheduler.run(slow)
  await clock.advance(3_500)
  const before = (await runsOf(first.scheduler, id)).length
  t.equal(before, 3)

  const scheduling = await rest[0]?.scheduler.pauseScheduling({ reason: 'a move' }, ANN)
  const paused = { state: 'paused', reason: 'a move', paused_by: 'ann' } as const
  t.match(scheduling, paused)
  const startedBefore = started().length
  await clock.advance(3_000)
  t.equal(started().length, startedBefore)
  t.equal((await runsOf(first.scheduler, id)).length, before, 'nothing is recorded either')
  t.match((await first.scheduler.system()).scheduling, {
    ...paused,
    paused_at: scheduling?.paused_at
  })

  calls[0]?.resolve('done')
  await clock.advance(1_000)
  t.strictSame(await statesOf(first.scheduler, slow), ['succeeded'])

  const going = { state: 'running', reason: null, paused_at: null, paused_by: null } as const
  t.strictSame(await first.scheduler.resumeScheduling(ANN), going)
  await clock.advance(2_000)
  t.ok(started().length > startedBefore)
  t.strictSame(failures(), [])
})

test('what is asked for while paused waits, says why, and starts at the end of it', async (t) => {
  const { clock, first, rest } = await createReplicas(t, 2, overDays)
  const { scheduler } = first
  scheduler.handle('fails', () => {
    throw new Error('no')
  })
  const once = { start_date: '2027-01-01T00:00:00Z' }
  const { id } = await scheduler.createJob({ name: 'a', ...once })
  const { id: failing } = await scheduler.createJob({
    name: 'b',
    ...once,
    target: { type: 'handler', name: 'fails' },
    retry: { max_attempts: 2, initial: '1h', max: '1h' }
  })
  const failed = await scheduler.createJob({
    name: 'c',
    ...once,
    target: { type: 'handler', name: 'fails' }
  })
  await scheduler.run(failing)
  const toRetry = await scheduler.run(failed.id)
  await until('both have failed', async () => {
    await clock.advance(10)
    const states = [await statesOf(scheduler, failing), await statesOf(scheduler, failed.id)]
    return states.join() === 'pending retry,failed'
  })

  await scheduler.pauseScheduling()
  t.match(await scheduler.run(id), { state: 'pending', reason: 'scheduling_paused' })
  t.match(await rest[0]?.scheduler.retryRun(toRetry.id), { reason: 'scheduling_paused' })
  clock.jumpTo(START + 61 * MINUTE)
  await clock.advance(1_000)
  t.strictSame(await statesOf(scheduler, id), ['pending scheduling_paused'])
  t.strictSame(await statesOf(scheduler, failed.id), ['pending scheduling_paused'])
  t.strictSame(await statesOf(scheduler, failing), ['pending retry'], 'tried once so far')

  await scheduler.resumeScheduling()
  await clock.advance(2_000)
  t.strictSame(await statesOf(scheduler, id), ['succeeded'])
  t.strictSame(await statesOf(scheduler, failed.id), ['failed'])
  t.strictSame(await statesOf(scheduler, failing), ['failed'])
})

test('what became due is treated as after a downtime, under every policy', async (t) => {
  const { clock, first } = await createReplicas(t, 2, overDays)
  const { scheduler } = first
  const jobs = await Promise.all(
    MISFIRE_POLICIES.map(async (misfire) => {
      const timing = { repeat_interval: '10m', start_date: '2026-01-01T00:00:00Z' } as const
      const rule = { misfire, misfire_window: '2h', overlap: 'allow' } as const
      const { id } = await scheduler.createJob({ name: misfire, ...timing, ...rule })
      return { misfire, id }
    })
  )
  await scheduler.pauseScheduling()
  clock.jumpTo(START + 30 * MINUTE + 5_000)
  await clock.advance(1_000)
  await scheduler.resumeScheduling()
  await clock.advance(1_000)
  for (const { id, misfire } of jobs) {
    const runs = await runsOf(scheduler, id)
    const all = { first: START + 10 * MINUTE, last: START + 30 * MINUTE, everyMs: 10 * MINUTE }
    t.strictSame(ledgerFaults(runs, all), [], misfire)
    const ran = runs.filter((run) => run.state === 'succeeded').length
    t.equal(ran, { latest: 1, all: 3, skip: 1 }[misfire], misfire)
  }
})

test('a pause outlives every replica, and holds for those that come', async (t) => {
  const { clock, first, start, databases } = await createReplicas(t, 1)
  const { id } = await first.scheduler.createJob({ name: 'a', repeat_interval: '1s' })
  await first.scheduler.pauseScheduling({ reason: 'first' })
  const stopped = first.scheduler.stop()
  await clock.advance(100)
  await stopped
  const next = await start(databases[0], 'next')
  await clock.advance(3_000)
  t.strictSame(next.events('runs_started'), [])
  t.strictSame(await runsOf(next.scheduler, id), [])
  await next.scheduler.resumeScheduling()
  await clock.advance(2_000)
  t.ok((await runsOf(next.scheduler, id)).length > 0)
})

test('each change of it is noted once, and belongs to no job', async (t) => {
  const { first } = await createReplicas(t, 1)
  const { scheduler } = first
  await scheduler.resumeScheduling(ANN)
  const { paused_at: at } = await scheduler.pauseScheduling({ reason: 'one' }, ANN)
  await scheduler.pauseScheduling({ reason: 'one' }, ANN)
  t.match(await scheduler.pauseScheduling({ reason: 'two' }, ANN), { reason: 'two', paused_at: at })
  await scheduler.resumeScheduling()
  await scheduler.resumeScheduling()
  const { changes } = await scheduler.listAllChanges()
  t.match(changes, [
    { job_id: null, action: 'scheduling_resumed', actor: null, detail: null, version: 0 },
    { job_id: null, action: 'scheduling_paused', detail: { reason: 'two' } },
    { job_id: null, action: 'scheduling_paused', ...ANN, detail: { reason: 'one' }, version: 0 }
  ])
  t.equal(changes.length, 3)
  const { changes: found } = await scheduler.listAllChanges({
    filter: { action: 'scheduling_resumed' }
  })
  t.equal(found.length, 1)
})

test('what is being recorded when a pause is asked for is a run before it is acknowledged', async (t) => {
  const [db, other] = await createTestDatabases(t, 2)
  const clock = createManualClock(START)
  const { scheduler } = await createTestScheduler(t, { db: other ?? db, clock, start: false })
  const job = await addJob(db)
  const replica = await addReplica(db)
  const time = { now: 2_000, replica, handlers: new Set<string>(), slots: 5 }
  const done: string[] = []
  let pausing: Promise<unknown> = Promise.resolve()
  const noteAcknowledged = async (): Promise<void> => {
    const recorded = await scheduler.listRuns()
    done.push(`acknowledged with ${recorded.length}`)
  }
  await inTransaction(db, async (trx) => {
    const slots = await usableSlots(trx, time)
    const levels = await listPlannedLevels(trx)
    const due = await listDueJobs(trx, { now: 2_000, limit: 5, levels })
    pausing = scheduler.pauseScheduling().then(noteAcknowledged)
    if (kindOf(t) !== 'sqlite') {
      await until('the pause is committed', async () => findPause(other ?? db))
    }
    const { claimed } = await enqueueJobs(trx, due, { ...time, slots })
    t.match(claimed, [{ job_id: job }])
    done.push('recorded')
  })
  await pausing
  t.strictSame(done, ['recorded', 'acknowledged with 1'])
})

test('who begins after a pause finds nothing to record, to claim or to start', async (t) => {
  const [db] = await createTestDatabases(t, 1)
  const clock = createManualClock(START)
  const { scheduler } = await createTestScheduler(t, { db, clock, start: false })
  const job = await addJob(db)
  await addRuns(db, [newRun(job, { scheduledFor: 500 })])
  const replica = await addReplica(db)
  // As it was looked up before the pause.
  const jobLevels = await listPlannedLevels(db)
  const runLevels = await listAvailableLevels(db, null)
  await scheduler.pauseScheduling()
  const now = 5_000
  await inTransaction(db, async (trx) => {
    t.strictSame(await listDueJobs(trx, { now, limit: 5, levels: jobLevels }), [])
  })
  const claim = { replica, now, limit: 5, handlers: [], levels: runLevels }
  t.strictSame(await inTransaction(db, (trx) => claimRuns(trx, claim)), [])
  t.strictSame(await listAvailableLevels(db, []), [], 'and nothing to look for')
  await scheduler.resumeScheduling()
  t.equal((await inTransaction(db, (trx) => claimRuns(trx, claim))).length, 1)
})

test('several who pause and resume at once come to an end', async (t) => {
  const { rest, first, clock, failures } = await createReplicas(t, 3)
  await first.scheduler.createJob({ name: 'a', repeat_interval: '1s', overlap: 'allow' })
  const schedulers = [first, ...rest].map(({ scheduler }) => scheduler)
  await Promise.all(schedulers.map((one, index) => one.pauseScheduling({ reason: String(index) })))
  t.equal((await first.scheduler.system()).scheduling.state, 'paused')
  await Promise.all([
    ...schedulers.map((one) => one.resumeScheduling()),
    first.scheduler.pauseScheduling()
  ])
  await clock.advance(1_000)
  await first.scheduler.resumeScheduling()
  await clock.advance(2_000)
  t.strictSame(failures(), [])
})

void onSqlite(
  'a pause is no violation of an invariant, nor is what it leaves behind',
  async (t) => {
    const { clock, first } = await createReplicas(t, 1)
    const { scheduler, events } = first
    await scheduler.createJob({ name: 'a', repeat_interval: '1m' })
    await scheduler.pauseScheduling()
    await clock.advance(15 * MINUTE)
    t.ok((scheduler.status().lastPassAt ?? 0) > clock.now() - 2_000, 'rounds go on')
    await scheduler.resumeScheduling()
    await clock.advance(5 * MINUTE)
    t.strictSame(events('invariant_violated'), [])
  }
)
