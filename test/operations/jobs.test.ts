import type { Test } from 'tap'
import type { JobInput, JobPatch } from '../../src/domain/job.ts'
import { createGate } from '../helpers/gate.ts'
import { ledgerFaults } from '../helpers/ledger.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const every: JobInput = { name: 'a', repeat_interval: '10s' }
const handled = { target: { type: 'handler', name: 'work' } } as const

test('create: the job comes back whole, with its defaults and its first occurrence', async (t) => {
  const { scheduler, events } = await createTestScheduler(t)
  const job = await scheduler.createJob({
    name: 'Backup',
    repeat_interval: '24h',
    params: { a: [1] }
  })
  t.strictSame(job, {
    id: 1,
    version: 1,
    name: 'Backup',
    schedule: null,
    start_date: null,
    repeat_interval: '24h',
    end_date: null,
    max_runs: null,
    timezone: 'UTC',
    dst: { gap: 'shift', overlap: 'first' },
    exclude: [],
    jitter: '0s',
    target: { type: 'log' },
    overlap: 'skip',
    misfire: 'latest',
    misfire_window: null,
    misfire_limit: 100,
    timeout: '1h',
    retry: { max_attempts: 1, backoff: 'exponential', initial: '5s', max: '5m', max_age: null },
    key: null,
    priority: 0,
    tags: [],
    params: { a: [1] },
    paused: false,
    pause_reason: null,
    paused_until: null,
    skip_next: 0,
    scheduled_runs: 0,
    state: 'enabled',
    next_run_at: '2026-01-02T00:00:00.000Z',
    last_run_at: null,
    last_outcome: null,
    last_success_at: null,
    consecutive_failures: 0,
    running: 0,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z'
  })
  t.strictSame(await scheduler.getJob(1), job)
  t.match(events('job_created'), [{ job: { id: 1 } }])
})

test('create: an http target is tried three times within thirty seconds each', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const job = await scheduler.createJob({
    ...every,
    target: { type: 'http', url: 'http://a.example' }
  })
  t.hasStrict(job, { timeout: '30s', retry: { max_attempts: 3, initial: '5s', max: '5m' } })
})

test('create: what is refused leaves nothing behind', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await t.rejects(scheduler.createJob({ name: 'a' }), { code: 'validation_failed' })
  t.equal(await scheduler.countJobs(), 0)
  t.equal((await scheduler.createJob(every)).id, 1)
})

test('what is not there is said to be not there', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const missing = { code: 'job_not_found', message: /no job 4711/ }
  await t.rejects(scheduler.getJob(4711), missing)
  await t.rejects(scheduler.updateJob(4711, { name: 'b' }), missing)
  await t.rejects(scheduler.deleteJob(4711), missing)
  await t.rejects(scheduler.pause(4711), missing)
  await t.rejects(scheduler.resume(4711), missing)
  await t.rejects(scheduler.run(4711), missing)
  await t.rejects(scheduler.listRuns({ filter: { jobId: 4711 } }), missing)
  await t.rejects(scheduler.getRun(4711), { code: 'run_not_found' })
})

test('patch: a change raises the version, one that changes nothing does not', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  await scheduler.createJob({ ...every, tags: ['x'], params: { a: 1 } })
  await clock.advance(1_000)
  const changed = await scheduler.updateJob(1, { name: 'b' })
  t.hasStrict(changed, {
    version: 2,
    name: 'b',
    tags: ['x'],
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:01.000Z'
  })
  await clock.advance(1_000)
  for (const patch of [
    {},
    { name: 'b' },
    { params: { a: 1 } },
    { tags: ['x'] },
    { start_date: null }
  ]) {
    const same = await scheduler.updateJob(1, patch)
    t.hasStrict(same, { version: 2, updated_at: '2026-01-01T00:00:01.000Z' }, JSON.stringify(patch))
  }
  t.match(events('job_updated')[0], { job: { version: 2 } })
})

test('patch: objects merge, null removes, params are replaced whole', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.createJob({
    ...every,
    params: { a: 1, b: 2 },
    retry: { max_attempts: 5, initial: '1s' },
    timeout: '1m'
  })
  const job = await scheduler.updateJob(1, { params: { c: 3 }, retry: { initial: '2s' } })
  t.strictSame(job.params, { c: 3 })
  t.hasStrict(job.retry, { max_attempts: 5, initial: '2s' })
  const patch = { timeout: null, retry: null, params: null } as unknown as JobPatch
  const bare = await scheduler.updateJob(1, patch)
  t.hasStrict(bare, { timeout: '1h', params: null, retry: { max_attempts: 1, initial: '5s' } })
})

test('patch: what the whole would be refused for is refused, and nothing changes', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const before = await scheduler.createJob(every)
  const refused: readonly [patch: object, pointer: string][] = [
    [{ schedule: '0 9 * * *' }, '/repeat_interval'],
    [{ repeat_interval: null }, '/schedule'],
    [{ repeat_interval: '1ms' }, '/repeat_interval'],
    [{ name: null }, '/name'],
    [{ nam: 'x' }, '/nam'],
    [{ state: 'paused' }, '/state'],
    [{ repeat_interval: null, start_date: '2020-01-01T00:00:00Z' }, '/start_date'],
    [JSON.parse('{"__proto__": {"name": "x"}}') as object, '/__proto__']
  ]
  for (const [patch, pointer] of refused) {
    await t.rejects(scheduler.updateJob(1, patch), {
      code: 'validation_failed',
      faults: [{ pointer }]
    })
  }
  t.strictSame(await scheduler.getJob(1), before)
})

test('patch: unless its timing changes, a job keeps its next occurrence', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob(every)
  await clock.advance(4_000)
  const renamed = await scheduler.updateJob(1, { name: 'b', overlap: 'allow', tags: ['x'] })
  t.equal(renamed.next_run_at, '2026-01-01T00:00:10.000Z')
})

test('patch: a new schedule never fires backwards', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { start: false })
  await scheduler.createJob({ name: 'a', schedule: '0 9 * * *' })
  clock.jumpTo(START + 8 * 3_600_000)
  const earlier = await scheduler.updateJob(1, { schedule: '0 6 * * *' })
  t.equal(earlier.next_run_at, '2026-01-02T06:00:00.000Z')
  const zoned = await scheduler.updateJob(1, { timezone: 'Asia/Tokyo' })
  t.equal(zoned.next_run_at, '2026-01-01T21:00:00.000Z')
  await scheduler.start()
  await clock.advance(1_000)
  t.strictSame(await runsOf(scheduler, 1), [])
})

test('patch: a paused job stays paused, and does not catch up what a new schedule would have had', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', schedule: '0 9 * * *' })
  await scheduler.pause(1, { reason: 'holiday' })
  clock.jumpTo(START + 12 * 3_600_000)
  const patched = await scheduler.updateJob(1, { schedule: '0 10 * * *' })
  t.hasStrict(patched, {
    state: 'paused',
    pause_reason: 'holiday',
    next_run_at: null,
    version: 2
  })
  const resumed = await scheduler.resume(1, { catch_up: true })
  t.equal(resumed.next_run_at, '2026-01-02T10:00:00.000Z')
  await clock.advance(1_000)
  t.strictSame(await runsOf(scheduler, 1), [])
})

test('patch: a finished job is set going again by a new schedule, and only by one', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', start_date: '2026-01-01T00:00:10Z' })
  await clock.advance(20_000)
  t.equal((await scheduler.getJob(1)).state, 'finished')
  const renamed = await scheduler.updateJob(1, { name: 'b' })
  t.hasStrict(renamed, { state: 'finished', next_run_at: null, version: 2 })
  const again = await scheduler.updateJob(1, { start_date: '2026-01-01T00:00:30Z' })
  t.hasStrict(again, { state: 'enabled', next_run_at: '2026-01-01T00:00:30.000Z' })
  await clock.advance(20_000)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded', 'succeeded'])
})

test('patch: a run works on the definition it started with, its retries too', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.99 })
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const retry = { max_attempts: 2, backoff: 'fixed', initial: '10s', max: '10s' } as const
  await scheduler.createJob({ ...every, ...handled, params: 'old', retry, overlap: 'allow' })
  await clock.advance(10_100)
  await scheduler.updateJob(1, { params: 'new', name: 'renamed' })
  await scheduler.updateJob(1, { params: 'newest' })
  calls[0]?.reject(new Error('no'))
  await clock.advance(11_000)
  const seen = calls.map(({ attempt }) => [
    attempt.params,
    attempt.job.version,
    attempt.run.attempt
  ])
  t.strictSame(seen, [
    ['old', 1, 1],
    ['newest', 3, 1],
    ['old', 1, 2]
  ])
  t.strictSame(
    (await runsOf(scheduler, 1)).map((run) => run.job_version),
    [1, 3]
  )
})

test('pause stops what is to come, not what is going on; resume goes on after now', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob({ ...every, ...handled })
  await clock.advance(10_100)
  const paused = await scheduler.pause(1, { reason: 'too loud' })
  t.hasStrict(paused, {
    state: 'paused',
    paused: true,
    pause_reason: 'too loud',
    next_run_at: null,
    running: 1,
    version: 1
  })
  calls[0]?.resolve()
  await clock.advance(60_000)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded'])
  t.equal((await scheduler.pause(1, { reason: 'still' })).pause_reason, 'still')
  const resumed = await scheduler.resume(1)
  t.hasStrict(resumed, { state: 'enabled', paused: false, pause_reason: null })
  t.equal(resumed.next_run_at, '2026-01-01T00:01:20.000Z')
  await clock.advance(10_000)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded', 'running'])
  t.strictSame(await scheduler.resume(1), await scheduler.getJob(1), 'once more changes nothing')
})

test('resume with catch_up hands what the pause left out to the misfire rule', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ ...every, misfire: 'all', misfire_window: '1h', overlap: 'allow' })
  await clock.advance(25_000)
  await scheduler.pause(1)
  await clock.advance(60_000)
  await scheduler.pause(1, { reason: 'a second time does not forget since when' })
  await clock.advance(15_000)
  await scheduler.resume(1, { catch_up: true })
  await clock.advance(10_500)
  const runs = await runsOf(scheduler, 1)
  t.strictSame(
    ledgerFaults(runs, { first: START + 10_000, last: START + 110_000, everyMs: 10_000 }),
    []
  )
  t.ok(runs.every((run) => run.state === 'succeeded'))
  t.strictSame(
    runs.slice(2, 4).map((run) => run.cause),
    ['catch_up', 'catch_up']
  )
})

test('a finished job cannot be paused, and a paused one with nothing left is finished', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', start_date: '2026-01-01T00:00:10Z' })
  await scheduler.createJob({ name: 'b', start_date: '2026-01-01T00:00:10Z' })
  await scheduler.pause(2)
  await clock.advance(20_000)
  await t.rejects(scheduler.pause(1), {
    code: 'job_finished',
    message: /Job 1 is finished.*new schedule/
  })
  t.hasStrict(await scheduler.resume(2), { state: 'finished', next_run_at: null })
})

/** What happens to a job whose occurrence is due at this very instant and not yet recorded. */
async function createDue(t: Test) {
  const parts = await createTestScheduler(t)
  await parts.scheduler.createJob({ ...every, overlap: 'allow' })
  await parts.clock.advance(9_999)
  // The timer of the loop has not fired yet.
  parts.clock.jumpTo(START + 10_000)
  return parts
}

test('a change at the very instant of an occurrence neither loses nor doubles it', async (t) => {
  const changes: Record<
    string,
    (parts: Awaited<ReturnType<typeof createDue>>) => Promise<unknown>
  > = {
    'a new name': ({ scheduler }) => scheduler.updateJob(1, { name: 'b' }),
    'a new schedule': ({ scheduler }) => scheduler.updateJob(1, { repeat_interval: '5s' }),
    'the same schedule, moved': ({ scheduler }) =>
      scheduler.updateJob(1, { start_date: '2026-01-01T00:00:00Z' }),
    'pause and resume': async ({ scheduler }) => {
      await scheduler.pause(1)
      await scheduler.resume(1)
    },
    'pause and catch up': async ({ scheduler }) => {
      await scheduler.pause(1)
      await scheduler.resume(1, { catch_up: true })
    },
    'a run by hand': ({ scheduler }) => scheduler.run(1)
  }
  for (const [what, change] of Object.entries(changes)) {
    const parts = await createDue(t)
    await change(parts)
    await parts.clock.advance(1_000)
    const runs = await runsOf(parts.scheduler, 1)
    const planned = runs.filter((run) => run.cause !== 'manual')
    t.match(planned, [{ scheduled_for: '2026-01-01T00:00:10.000Z', state: 'succeeded' }], what)
    t.equal(planned.length, 1, what)
    t.equal(planned[0]?.job_version, 1, `${what}: under the old definition`)
  }
})

test('an occurrence at the very instant of the delete has its record', async (t) => {
  const { scheduler } = await createDue(t)
  await scheduler.deleteJob(1)
  t.strictSame(await statesOf(scheduler, 1), ['cancelled job_deleted'])
})

test('delete: cancels what runs and what waits; the runs stay readable', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work', { obeys: true })
  await scheduler.createJob({ ...every, ...handled, overlap: 'queue_all' })
  await clock.advance(25_000)
  await scheduler.deleteJob(1)
  t.equal(calls[0]?.attempt.signal.aborted, true)
  await clock.advance(100)
  await t.rejects(scheduler.getJob(1), { code: 'job_not_found' })
  t.strictSame(await scheduler.listJobs(), [])
  t.strictSame(await statesOf(scheduler, 1), ['cancelled job_deleted', 'cancelled job_deleted'])
  const [run] = await scheduler.listRuns()
  t.equal((await scheduler.getRun(run?.id ?? 0)).job_id, 1)
  await clock.advance(60_000)
  t.equal(calls.length, 1, 'and nothing of it starts any more')
  t.strictSame(events('job_deleted'), [{ id: 1 }])
})

test('delete, finish: what runs may end, its retry too, and is recorded', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 })
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob({
    ...every,
    ...handled,
    overlap: 'queue_all',
    retry: { max_attempts: 2 }
  })
  await clock.advance(25_000)
  await scheduler.deleteJob(1, { running: 'finish' })
  t.equal(calls[0]?.attempt.signal.aborted, false)
  t.strictSame(await statesOf(scheduler, 1), ['running', 'cancelled job_deleted'])
  calls[0]?.reject(new Error('once more'))
  await clock.advance(1_000)
  calls[1]?.resolve('done')
  await clock.advance(100)
  t.strictSame(await statesOf(scheduler, 1), ['succeeded', 'cancelled job_deleted'])
})

test('delete, refuse: while it runs it stays', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob({ ...every, ...handled })
  await clock.advance(10_100)
  await t.rejects(scheduler.deleteJob(1, { running: 'refuse' }), {
    code: 'job_running',
    message: /has 1 running run;.*running=cancel/
  })
  t.equal(calls[0]?.attempt.signal.aborted, false)
  t.equal((await scheduler.getJob(1)).state, 'enabled')
  calls[0]?.resolve()
  await clock.advance(100)
  await scheduler.deleteJob(1, { running: 'refuse' })
  t.strictSame(await scheduler.listJobs(), [])
})

test('the id of a deleted job never comes back', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.createJob(every)
  await scheduler.deleteJob(1)
  t.equal((await scheduler.createJob(every)).id, 2)
})

test('run now: at once, with the params given, and the schedule stays where it is', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob({ ...every, ...handled, params: { own: true }, overlap: 'allow' })
  await clock.advance(3_000)
  const run = await scheduler.run(1, { params: { mine: 1 } })
  t.hasStrict(run, {
    cause: 'manual',
    state: 'running',
    attempt: 1,
    scheduled_for: '2026-01-01T00:00:03.000Z'
  })
  await scheduler.run(1)
  await scheduler.run(1, { params: null })
  await clock.advance(0)
  t.strictSame(
    calls.map((call) => call.attempt.params),
    [{ mine: 1 }, { own: true }, null]
  )
  t.equal((await scheduler.getJob(1)).next_run_at, '2026-01-01T00:00:10.000Z')
  await clock.advance(8_000)
  t.equal((await runsOf(scheduler, 1)).length, 4, 'two by hand may share an instant')
})

test('run now: while a run is in the way it says which one', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  createGate(scheduler, 'work')
  await scheduler.createJob({ ...every, ...handled })
  const first = await scheduler.run(1)
  await t.rejects(scheduler.run(1), {
    code: 'run_active',
    message: new RegExp(`run ${first.id} `),
    context: { job_id: 1, run_id: first.id }
  })
  t.equal((await runsOf(scheduler, 1)).length, 1, 'and leaves no record of it')
  const queued = await scheduler.run(1, { overlap: 'queue_one' })
  t.equal(queued.state, 'pending')
  const beside = await scheduler.run(1, { overlap: 'allow' })
  t.equal(beside.state, 'running')
  await clock.advance(0)
})

test('run now: paused and finished jobs run too, and stay what they are', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', start_date: '2026-01-01T00:00:01Z' })
  await scheduler.createJob(every)
  await scheduler.pause(2)
  await clock.advance(2_000)
  for (const [id, state] of [
    [1, 'finished'],
    [2, 'paused']
  ] as const) {
    const run = await scheduler.run(id)
    await clock.advance(100)
    t.equal((await scheduler.getRun(run.id)).state, 'succeeded')
    t.hasStrict(await scheduler.getJob(id), { state, next_run_at: null })
  }
})

test('run now: bad params are refused, by field', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.createJob(every)
  for (const params of ['x'.repeat(65_535), 1n, () => 1]) {
    await t.rejects(scheduler.run(1, { params }), {
      code: 'validation_failed',
      faults: [{ pointer: '/params' }]
    })
  }
  t.strictSame(await runsOf(scheduler, 1), [])
})

test('run now: before the start it waits, and runs when the scheduler does', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { start: false })
  await scheduler.createJob(every)
  const run = await scheduler.run(1)
  t.equal(run.state, 'pending')
  await scheduler.start()
  await clock.advance(100)
  t.equal((await scheduler.getRun(run.id)).state, 'succeeded')
})
