import type { Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { MAX_QUEUED_RUNS, type OverlapPolicy } from '../../src/domain/overlap.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const base: JobInput = {
  name: 'slow',
  repeat_interval: '10s',
  target: { type: 'handler', name: 'slow' }
}

/** A job of every ten seconds whose runs go on until the test ends them. */
async function createSlowJob(t: Test, overlap: OverlapPolicy, more: Partial<JobInput> = {}) {
  const parts = await createTestScheduler(t)
  const calls = createGate(parts.scheduler, 'slow', { obeys: true })
  const job = await parts.scheduler.createJob({ ...base, overlap, ...more })
  const { scheduler, clock } = parts
  return {
    ...parts,
    calls,
    id: job.id,
    states: () => statesOf(scheduler, job.id),
    /** Ends a run, and lets what follows from it happen. */
    end: async (index: number) => {
      calls[index]?.resolve()
      await clock.advance(100)
    }
  }
}

test('skip: a run that is due meanwhile is recorded as skipped, and the next one runs', async (t) => {
  const { clock, states, end, events, calls } = await createSlowJob(t, 'skip')
  await clock.advance(25_000)
  t.strictSame(await states(), ['running', 'skipped overlap'])
  await end(0)
  await clock.advance(10_000)
  t.strictSame(await states(), ['succeeded', 'skipped overlap', 'running'])
  t.equal(calls.length, 2)
  t.match(events('occurrences_not_run'), [{ state: 'skipped', reason: 'overlap', count: 1 }])
})

test('allow: runs go on side by side', async (t) => {
  const { clock, states, end, calls, scheduler, id } = await createSlowJob(t, 'allow')
  await clock.advance(35_000)
  t.strictSame(await states(), ['running', 'running', 'running'])
  t.equal((await scheduler.getJob(id)).running, 3)
  await end(1)
  t.strictSame(await states(), ['running', 'succeeded', 'running'])
  t.equal(calls.length, 3)
})

test('queue_one: only the latest waits, and starts when the active one has ended', async (t) => {
  const { clock, states, end, scheduler, id, calls } = await createSlowJob(t, 'queue_one')
  await clock.advance(35_000)
  t.strictSame(await states(), ['running', 'skipped overlap', 'pending'])
  t.equal(calls.length, 1)
  await end(0)
  t.strictSame(await states(), ['succeeded', 'skipped overlap', 'running'])
  const [, , third] = await runsOf(scheduler, id)
  t.equal(calls[1]?.attempt.run.scheduledFor, Date.parse(third?.scheduled_for ?? ''))
  t.ok((third?.lateness_ms ?? 0) >= 5_000, 'its lateness is the time that it waited')
})

test('queue_all: at most a hundred wait, the others are skipped, and they run in order', async (t) => {
  const { clock, states, scheduler, id, calls } = await createSlowJob(t, 'queue_all', {
    repeat_interval: '1s'
  })
  await clock.advance((1 + MAX_QUEUED_RUNS + 3) * 1_000)
  const before = await states()
  t.equal(before.filter((state) => state === 'running').length, 1)
  t.equal(before.filter((state) => state === 'pending').length, MAX_QUEUED_RUNS)
  t.strictSame(before.slice(-3), Array(3).fill('skipped queue_full'))
  await scheduler.pause(id)
  for (let index = 0; index <= MAX_QUEUED_RUNS; index++) {
    t.equal(calls.length, index + 1, 'one at a time')
    calls[index]?.resolve()
    await clock.advance(10)
  }
  const started = calls.map((call) => call.attempt.run.scheduledFor)
  t.strictSame(
    started,
    started.toSorted((a, b) => a - b),
    'the oldest first'
  )
  const after = await states()
  t.equal(after.filter((state) => state === 'succeeded').length, MAX_QUEUED_RUNS + 1)
})

test('replace: the newest runs, and what it replaced is told to stop', async (t) => {
  const { clock, states, calls } = await createSlowJob(t, 'replace')
  await clock.advance(25_000)
  t.strictSame(await states(), ['cancelled replaced', 'running'])
  t.equal(calls[0]?.attempt.signal.aborted, true)
  t.equal(calls[1]?.attempt.signal.aborted, false)
})

test('replace: while the replaced one does not stop, only the newest waits for it', async (t) => {
  const parts = await createTestScheduler(t)
  const { scheduler, clock } = parts
  const calls = createGate(scheduler, 'slow')
  const { id } = await scheduler.createJob({ ...base, repeat_interval: '4s', overlap: 'replace' })
  await clock.advance(17_000)
  t.strictSame(await statesOf(scheduler, id), [
    'running',
    'skipped overlap',
    'skipped overlap',
    'pending'
  ])
  await clock.advance(2_000)
  t.strictSame((await statesOf(scheduler, id)).slice(0, 4), [
    'cancelled abandoned',
    'skipped overlap',
    'skipped overlap',
    'running'
  ])
  t.equal(calls.length, 2)
})

test('a run that waits for its retry is in the way as one that runs is', async (t) => {
  const retry = { max_attempts: 2, backoff: 'fixed', initial: '1h', max: '1h' } as const
  const cases: readonly [OverlapPolicy, string[]][] = [
    ['skip', ['pending retry', 'skipped overlap']],
    ['queue_one', ['pending retry', 'pending']],
    ['queue_all', ['pending retry', 'pending']],
    ['replace', ['cancelled replaced', 'running']]
  ]
  t.intercept(Math, 'random', { value: () => 0.5 })
  for (const [overlap, states] of cases) {
    const { scheduler, clock } = await createTestScheduler(t)
    const calls = createGate(scheduler, 'slow')
    const { id } = await scheduler.createJob({ ...base, overlap, retry })
    await clock.advance(10_000)
    calls[0]?.reject(new Error('no'))
    await clock.advance(10_000)
    t.strictSame(await statesOf(scheduler, id), states, overlap)
  }
})

test('whatever way the active run ends, the one behind it goes ahead', async (t) => {
  const ends: Record<string, (parts: Awaited<ReturnType<typeof createSlowJob>>) => Promise<void>> =
    {
      'by success': async ({ end }) => end(0),
      'by failure': async ({ calls, clock }) => {
        calls[0]?.reject(new Error('no'))
        await clock.advance(100)
      },
      'by cancelling': async ({ scheduler, id, clock }) => {
        const [first] = await runsOf(scheduler, id)
        await scheduler.cancelRun(first?.id ?? 0)
        await clock.advance(100)
      },
      'by its timeout': async ({ clock }) => clock.advance(6_000)
    }
  for (const [what, end] of Object.entries(ends)) {
    const parts = await createSlowJob(t, 'queue_all', { timeout: '30s' })
    await parts.clock.advance(35_000)
    t.strictSame(await parts.states(), ['running', 'pending', 'pending'])
    await end(parts)
    t.strictSame((await parts.states()).slice(1, 3), ['running', 'pending'], what)
    t.equal(parts.calls.length, 2, what)
  }
})

test('a run that ends just as its cancelling is asked for lets the next one go ahead', async (t) => {
  const { scheduler, clock, calls, id, states, events } = await createSlowJob(t, 'queue_all', {
    retry: { max_attempts: 3, initial: '1h' }
  })
  await clock.advance(25_000)
  const [first] = await runsOf(scheduler, id)
  // The result waits for company when the cancelling is written.
  calls[0]?.reject(new Error('no'))
  await new Promise((resolve) => setImmediate(resolve))
  await scheduler.cancelRun(first?.id ?? 0)
  await clock.advance(100)
  t.strictSame(await states(), ['cancelled', 'running'])
  t.equal((await scheduler.getJob(id)).last_outcome, 'cancelled')
  t.match(events('runs_settled').at(-1)?.runs, [{ state: 'cancelled' }])
})

test('a queued run can be cancelled, and does not hold up the others', async (t) => {
  const { scheduler, clock, end, id, states } = await createSlowJob(t, 'queue_all')
  await clock.advance(35_000)
  const [, second] = await runsOf(scheduler, id)
  t.match(await scheduler.cancelRun(second?.id ?? 0), { state: 'cancelled' })
  await end(0)
  t.strictSame(await states(), ['succeeded', 'cancelled', 'running'])
})

test('occurrences that are caught up together take turns', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { start: false })
  const job = { ...base, misfire: 'all', misfire_window: '1h' } as const
  const { id } = await scheduler.createJob(job)
  clock.jumpTo(clock.now() + 200_000)
  const calls = createGate(scheduler, 'slow')
  await scheduler.start()
  await clock.advance(100)
  t.equal(calls.length, 1)
  calls[0]?.resolve()
  await clock.advance(100)
  t.equal(calls.length, 2)
  const [first, second] = calls.map((call) => call.attempt.run.scheduledFor)
  t.equal((second ?? 0) - (first ?? 0), 10_000)
  t.equal((await runsOf(scheduler, id)).length, 20)
})
