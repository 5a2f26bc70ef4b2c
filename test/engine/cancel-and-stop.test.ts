import type { JobInput } from '../../src/domain/job.ts'
import { createGate } from '../helpers/gate.ts'
import { holdAnswers } from '../helpers/held-answers.ts'
import { test, testOnServers } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'
import { diskError, isSettling, plainText, watchDatabase } from '../helpers/watched-database.ts'

const once: JobInput = {
  name: 'once',
  start_date: '2026-01-01T00:00:10Z',
  target: { type: 'handler', name: 'work' }
}

test('cancel: a running attempt is told to stop, and is cancelled when it has', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const [run] = await runsOf(scheduler, id)
  const answered = await scheduler.cancelRun(run?.id ?? 0)
  t.equal(answered.state, 'running', 'it has not stopped yet')
  t.equal(calls[0]?.attempt.signal.aborted, true)
  t.match(calls[0]?.attempt.signal.reason, { name: 'AbortError', message: /cancelled/ })
  await clock.advance(5_000)
  t.strictSame(await statesOf(scheduler, id), ['running'])
  calls[0]?.reject(new Error('stopped'))
  await clock.advance(100)
  const [after] = await runsOf(scheduler, id)
  t.hasStrict(after, {
    state: 'cancelled',
    reason: null,
    error: null,
    attempts: [{ attempt: 1, outcome: 'cancelled' }]
  })
  t.hasStrict(await scheduler.getJob(id), { last_outcome: 'cancelled', consecutive_failures: 0 })
})

test('cancel: a result that comes after it is kept, and does not count', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const [run] = await runsOf(scheduler, id)
  await scheduler.cancelRun(run?.id ?? 0)
  calls[0]?.resolve('done anyway')
  await clock.advance(100)
  const [after] = await runsOf(scheduler, id)
  t.hasStrict(after, { state: 'cancelled', result: 'done anyway' })
})

test('cancel: an attempt that does not stop is abandoned after ten seconds', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const [run] = await runsOf(scheduler, id)
  await scheduler.cancelRun(run?.id ?? 0)
  await clock.advance(9_900)
  t.strictSame(await statesOf(scheduler, id), ['running'])
  await clock.advance(200)
  t.strictSame(await statesOf(scheduler, id), ['cancelled abandoned'])
  t.equal(scheduler.status().runsInFlight, 0)
})

test('cancel: a signal that is asked for afterwards is aborted already', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const [run] = await runsOf(scheduler, id)
  await scheduler.cancelRun(run?.id ?? 0)
  t.equal(calls[0]?.attempt.signal.aborted, true)
  t.equal(calls[0]?.attempt.signal, calls[0]?.attempt.signal, 'it is always the same')
})

test('cancel: a run that waits is cancelled at once and never starts', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { maxConcurrentRuns: 1 })
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob(once)
  const second = await scheduler.createJob(once)
  await clock.advance(10_600)
  const [waiting] = await runsOf(scheduler, second.id)
  t.equal((await scheduler.cancelRun(waiting?.id ?? 0)).state, 'cancelled')
  calls[0]?.resolve()
  await clock.advance(5_000)
  t.equal(calls.length, 1)
  const [run] = await runsOf(scheduler, second.id)
  t.hasStrict(run, { state: 'cancelled', attempt: 0, started_at: null, attempts: [] })
  t.type(run?.finished_at, 'string')
})

test('cancel: a run that waits for its retry keeps its attempts, and how long the last one took', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.9 })
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({
    ...once,
    retry: { max_attempts: 2, initial: '1h', max: '1h' }
  })
  await clock.advance(12_000)
  calls[0]?.reject(new Error('no'))
  await clock.advance(60_000)
  const [waiting] = await runsOf(scheduler, id)
  t.equal(waiting?.duration_ms, 2_000)
  await scheduler.cancelRun(waiting?.id ?? 0)
  const [run] = await runsOf(scheduler, id)
  t.hasStrict(run, { state: 'cancelled', duration_ms: 2_000, attempt: 1 })
  t.strictSame(
    run?.attempts.map(({ outcome }) => outcome),
    ['failed']
  )
})

test('cancel: a request of another replica arrives within a heartbeat', async (t) => {
  const one = await createTestScheduler(t)
  const other = await createTestScheduler(t, { db: one.database, clock: one.clock, start: false })
  const calls = createGate(one.scheduler, 'work', { obeys: true })
  const { id } = await one.scheduler.createJob(once)
  await one.clock.advance(10_500)
  const [run] = await runsOf(other.scheduler, id)
  await other.scheduler.cancelRun(run?.id ?? 0)
  t.equal(calls[0]?.attempt.signal.aborted, false)
  await one.clock.advance(1_100)
  t.equal(calls[0]?.attempt.signal.aborted, true)
  t.strictSame(await statesOf(other.scheduler, id), ['cancelled'])
})

test('cancel: what cannot be cancelled is refused with its state', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  scheduler.handle('work', () => 1)
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const [run] = await runsOf(scheduler, id)
  await t.rejects(scheduler.cancelRun(run?.id ?? 0), {
    code: 'run_finished',
    message: /succeeded already/
  })
  await t.rejects(scheduler.cancelRun(4_711), { code: 'run_not_found', message: /4711/ })
})

test('stop: what ends within the grace time is written', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const stopped = scheduler.stop({ graceMs: 30_000 })
  await clock.advance(20_000)
  t.equal(scheduler.status().state, 'stopping')
  t.equal(calls[0]?.attempt.signal.aborted, false)
  calls[0]?.resolve('just in time')
  await clock.advance(5_000)
  await stopped
  t.equal(scheduler.status().state, 'stopped')
  const [run] = await runsOf(scheduler, id)
  t.hasStrict(run, { state: 'succeeded', result: 'just in time' })
})

test('stop: what does not end is interrupted, handed back, and runs again elsewhere', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work', { obeys: true })
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const stopped = scheduler.stop({ graceMs: 5_000 })
  await clock.advance(5_100)
  await stopped
  t.match(calls[0]?.attempt.signal.reason, { message: /stopping/ })
  t.strictSame(await statesOf(scheduler, id), ['pending interrupted'])

  const next = await createTestScheduler(t, { db: database, clock })
  next.scheduler.handle('work', () => 'second try')
  await clock.advance(2_000)
  const [run] = await runsOf(scheduler, id)
  t.hasStrict(run, { state: 'succeeded', attempt: 2, result: 'second try' })
  t.strictSame(
    run?.attempts.map(({ outcome }) => outcome),
    ['interrupted', 'succeeded']
  )
})

test('stop: success counts even when it comes after the grace time', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  const stopped = scheduler.stop({ graceMs: 1_000 })
  await clock.advance(2_000)
  calls[0]?.resolve('done')
  await clock.advance(100)
  await stopped
  t.strictSame(await statesOf(scheduler, id), ['succeeded'])
})

test('stop: an attempt that ignores its signal keeps nobody waiting for more than ten seconds', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(once)
  await clock.advance(10_100)
  let done = false
  const stopped = scheduler.stop({ graceMs: 1_000 }).then(() => (done = true))
  await clock.advance(10_900)
  t.equal(done, false)
  await clock.advance(200)
  await stopped
  t.strictSame(await statesOf(scheduler, id), ['pending interrupted'])
})

test('stop: nothing is started any more, and nothing is lost', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const first = await scheduler.createJob(once)
  const second = await scheduler.createJob({ ...once, start_date: '2026-01-01T00:00:15Z' })
  await clock.advance(10_100)
  const stopped = scheduler.stop({ graceMs: 30_000 })
  const byHand = await scheduler.run(second.id)
  t.equal(byHand.state, 'pending', 'a run by hand is recorded, for another replica')
  await clock.advance(10_000)
  t.equal(calls.length, 1)
  calls[0]?.resolve()
  await clock.advance(100)
  await stopped
  t.equal(calls.length, 1)
  const next = await createTestScheduler(t, { db: database, clock })
  next.scheduler.handle('work', () => 1)
  await clock.advance(2_000)
  t.strictSame(await statesOf(scheduler, first.id), ['succeeded'])
  t.strictSame((await statesOf(scheduler, second.id)).toSorted(), ['skipped overlap', 'succeeded'])
})

test('stop: whoever asks again waits for the same end', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob(once)
  await clock.advance(10_100)
  const ended: number[] = []
  const stops = [1, 2].map(async (index) => {
    await scheduler.stop({ graceMs: 30_000 })
    ended.push(index)
  })
  await clock.advance(1_000)
  t.strictSame(ended, [])
  calls[0]?.resolve()
  await clock.advance(100)
  await Promise.all(stops)
  t.strictSame(ended, [1, 2])
})

test('stop: a scheduler that has not started stops at once', async (t) => {
  const { scheduler } = await createTestScheduler(t, { start: false })
  await scheduler.stop()
  t.pass()
})

test('a stopped scheduler can be started again', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', repeat_interval: '10s' })
  await scheduler.stop()
  await clock.advance(1_000)
  await scheduler.start()
  await clock.advance(10_000)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded'])
})

test('start: whoever asks again waits for the same start, under one id', async (t) => {
  const { scheduler, database } = await createTestScheduler(t, { start: false })
  await Promise.all([scheduler.start(), scheduler.start()])
  await scheduler.start()
  const replicas = await database.query.selectFrom('carillon_replicas').selectAll().execute()
  t.equal(replicas.length, 1)
})

test('stop: asked again with less time, it takes less', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work', { obeys: true })
  await scheduler.createJob(once)
  await clock.advance(10_100)
  const stopped = scheduler.stop({ graceMs: 60_000 })
  await clock.advance(1_000)
  t.equal(calls[0]?.attempt.signal.aborted, false)
  const again = scheduler.stop({ graceMs: 0 })
  await clock.advance(100)
  await Promise.all([stopped, again])
  t.strictSame(await statesOf(scheduler, 1), ['pending interrupted'])
})

test('stop: runs that are started by the round that is going on are waited for', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { scheduler, clock } = await createTestScheduler(t, { db: watch.database })
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob(once)
  const stops: Promise<void>[] = []
  watch.onStatement = (text) => {
    if (plainText(text).includes('insert into carillon_runs'))
      stops.push(scheduler.stop({ graceMs: 5_000 }))
  }
  await clock.advance(10_100)
  t.equal(calls.length, 1)
  t.equal(scheduler.status().state, 'stopping')
  calls[0]?.resolve()
  await clock.advance(100)
  await Promise.all(stops)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded'])
})

test('stop: when the last results cannot be written it says so, and lets its lease run out', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { scheduler, clock } = await createTestScheduler(t, { db: watch.database })
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob(once)
  await clock.advance(10_100)
  watch.onStatement = (text) => {
    if (isSettling(text)) throw diskError(watch.database)
  }
  const stopped = scheduler.stop({ graceMs: 5_000 })
  calls[0]?.resolve()
  const refused = t.rejects(stopped, { code: diskError(watch.database).code })
  await clock.advance(100)
  await refused
  t.equal(scheduler.status().state, 'stopped')
  const [replica] = await watch.database.query.selectFrom('carillon_replicas').selectAll().execute()
  t.type(replica?.expires_at, 'number')
  watch.onStatement = () => undefined
  await clock.advance(1_000)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded'], 'and tries again while it lives')
})

testOnServers(
  'stop: a result that a round takes along while the scheduler stops is accepted',
  async (t) => {
    const hold = holdAnswers(
      await createTestDatabase(t),
      /(recursive level|distinct priority).*carillon_jobs/
    )
    const { scheduler, clock, events } = await createTestScheduler(t, { db: hold.database })
    const calls = createGate(scheduler, 'work')
    const { id } = await scheduler.createJob({ ...once, repeat_interval: '1m' })
    await clock.advance(10_100)
    hold.arm()
    const moving = clock.advance(60_000)
    await hold.reached
    // Due for so long that the round records it although there is no slot for it any more.
    clock.jumpTo(Date.parse('2026-01-01T00:02:00Z'))
    calls[0]?.resolve()
    await new Promise(setImmediate)
    const stopped = scheduler.stop()
    hold.release()
    await Promise.all([moving, stopped])
    const runs = await runsOf(scheduler, id)
    t.match(
      runs.find(({ scheduled_for }) => scheduled_for.includes('00:00:10')),
      {
        state: 'succeeded',
        attempt: 1
      }
    )
    t.strictSame(events('result_refused'), [])
  }
)
