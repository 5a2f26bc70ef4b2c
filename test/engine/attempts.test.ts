import type { JobInput } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import type { ClaimedRun } from '../../src/engine/claimed-run.ts'
import { withDefaults } from '../../src/domain/job-definition.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { endRun, summarize } from '../../src/engine/settlement.ts'
import type { Handler } from '../../src/engine/targets/handler.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const once: JobInput = {
  name: 'once',
  start_date: '2026-01-01T00:00:10Z',
  target: { type: 'handler', name: 'work' }
}
const fixed = { max_attempts: 3, backoff: 'fixed', initial: '10s', max: '10s' } as const

test('an attempt gets the job, the run, the params and a log, and its result is kept', async (t) => {
  const { scheduler, clock, lines } = await createTestScheduler(t)
  const seen: Parameters<Handler>[0][] = []
  scheduler.handle('work', async (attempt) => {
    seen.push(attempt)
    attempt.log.info({ a: 1 }, 'at work')
    return { rows: 3 }
  })
  const job = await scheduler.createJob({ ...once, params: { to: ['a'] } })
  await clock.advance(10_100)
  const [run] = await runsOf(scheduler, job.id)
  t.hasStrict(seen, [
    {
      params: { to: ['a'] },
      job: { id: job.id, version: 1, definition: { name: 'once' } },
      run: { id: run?.id, attempt: 1, fencingToken: 1, cause: 'schedule' }
    }
  ])
  t.equal(seen[0]?.run.scheduledFor, Date.parse('2026-01-01T00:00:10Z'))
  t.hasStrict(lines, [{ level: 'info', fields: { a: 1 }, message: 'at work' }])
  t.hasStrict(run, {
    state: 'succeeded',
    reason: null,
    scheduled_for: '2026-01-01T00:00:10.000Z',
    started_at: '2026-01-01T00:00:10.000Z',
    lateness_ms: 0,
    attempt: 1,
    replica: 'test',
    result: { rows: 3 },
    error: null,
    attempts: [{ attempt: 1, outcome: 'succeeded', replica: 'test', error: null }]
  })
  t.hasStrict(await scheduler.getJob(job.id), {
    state: 'finished',
    next_run_at: null,
    last_run_at: '2026-01-01T00:00:10.000Z',
    last_outcome: 'succeeded',
    consecutive_failures: 0,
    running: 0
  })
})

test('a log target writes one line with the name and the params', async (t) => {
  const { scheduler, clock, lines } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'Send Email', repeat_interval: '10s', params: '{"a":1}' })
  await clock.advance(10_100)
  t.hasStrict(lines, [{ level: 'info', fields: { job: 'Send Email', params: '{"a":1}' } }])
})

test('what a handler returns is kept as JSON, or a note why it is not', async (t) => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const cases: readonly [returned: unknown, kept: unknown][] = [
    [undefined, null],
    [null, null],
    [0, 0],
    ['', ''],
    [
      [1, { a: null }],
      [1, { a: null }]
    ],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [circular, { note: /JSON cannot hold/ }],
    [1n, { note: /JSON cannot hold/ }],
    [() => 1, { note: /JSON cannot hold/ }],
    ['x'.repeat(65_535), { note: /more than 64 KiB/ }]
  ]
  const { scheduler, clock } = await createTestScheduler(t)
  scheduler.handle('work', async ({ params }) => cases[Number(params)]?.[0])
  for (const [index, [, kept]] of cases.entries()) {
    const { id } = await scheduler.createJob({ ...once, params: index })
    const { id: runId } = await scheduler.run(id)
    await clock.advance(10)
    const run = await scheduler.getRun(runId)
    t.equal(run.state, 'succeeded')
    t.match(run.result, kept)
  }
})

test('whatever a handler throws is a failure with a message', async (t) => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const thrown = [
    new Error('no'),
    'no',
    undefined,
    null,
    7n,
    circular,
    () => 1,
    Object.assign(new Error('x'), { message: undefined }),
    new Error('x'.repeat(10_000))
  ]
  const { scheduler, clock, events } = await createTestScheduler(t)
  scheduler.handle('work', async ({ params }) => {
    throw thrown[Number(params)]
  })
  scheduler.handle('at once', ({ params }) => {
    throw thrown[Number(params)]
  })
  for (const name of ['work', 'at once']) {
    for (const index of thrown.keys()) {
      const target = { type: 'handler', name } as const
      const { id } = await scheduler.createJob({ ...once, target, params: index })
      const { id: runId } = await scheduler.run(id)
      await clock.advance(10)
      const run = await scheduler.getRun(runId)
      t.equal(run.state, 'failed', `${name} ${index}`)
      t.type(run.error?.message, 'string')
      t.ok((run.error?.message.length ?? 0) <= 2_000)
    }
  }
  t.strictSame(events('pass_failed'), [])
})

test('a target that throws before it returns a promise holds up no other run', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t, {
    log: {
      info: () => {
        throw new Error('The disk of the log is full.')
      },
      warn: () => undefined,
      error: () => undefined
    }
  })
  scheduler.handle('work', async () => 'done')
  const logged = await scheduler.createJob({ name: 'logged', repeat_interval: '10s' })
  const worked = await scheduler.createJob(once)
  await clock.advance(10_100)
  t.hasStrict(await runsOf(scheduler, logged.id), [
    { state: 'failed', error: { message: 'The disk of the log is full.' } }
  ])
  t.hasStrict(await runsOf(scheduler, worked.id), [{ state: 'succeeded', result: 'done' }])
  t.strictSame(events('pass_failed'), [])
})

test('a failed run is tried again after its backoff, and keeps every attempt', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.999 })
  const { scheduler, clock, events } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const job = await scheduler.createJob({ ...once, retry: fixed })
  await clock.advance(10_000)
  calls[0]?.reject(new Error('first'))
  await clock.advance(9_900)
  const [waiting] = await runsOf(scheduler, job.id)
  t.hasStrict(waiting, {
    state: 'pending',
    reason: 'retry',
    attempt: 1,
    available_at: '2026-01-01T00:00:19.990Z',
    error: { code: 'exception', message: 'first' },
    attempts: [{ attempt: 1, outcome: 'failed', error: { message: 'first' } }]
  })
  t.equal(calls.length, 1, 'not before its time')
  await clock.advance(200)
  t.equal(calls.length, 2)
  const [again] = await runsOf(scheduler, job.id)
  t.hasStrict(again, { state: 'running', attempt: 2, fencing_token: 2 })
  t.strictSame([again?.reason, again?.error, again?.result], [null, null, null])
  t.hasStrict(again?.attempts, [
    { attempt: 1, outcome: 'failed' },
    { attempt: 2, outcome: null, finished_at: null }
  ])
  t.equal(again?.attempts[1]?.error, null)
  calls[1]?.resolve('done')
  await clock.advance(100)
  const [run] = await runsOf(scheduler, job.id)
  t.hasStrict(run, { state: 'succeeded', attempt: 2, result: 'done', error: null, lateness_ms: 0 })
  t.hasStrict(run?.attempts, [
    {
      attempt: 1,
      outcome: 'failed',
      started_at: '2026-01-01T00:00:10.000Z',
      error: { message: 'first' }
    },
    { attempt: 2, outcome: 'succeeded', error: null }
  ])
  const told = events('runs_settled').flatMap(({ runs }) => runs.map((one) => one.state))
  t.strictSame(told, ['pending', 'succeeded'])
  t.equal((await scheduler.getJob(job.id)).consecutive_failures, 0)
})

test('after its last attempt a run has failed, and its job counts it once', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 })
  const { scheduler, clock } = await createTestScheduler(t)
  scheduler.handle('work', async () => {
    throw new Error('never')
  })
  const retry = { ...fixed, max_attempts: 4 }
  const job = await scheduler.createJob({ ...once, retry })
  await clock.advance(11_000)
  const [run] = await runsOf(scheduler, job.id)
  t.hasStrict(run, { state: 'failed', attempt: 4, error: { message: 'never' } })
  t.strictSame(
    run?.attempts.map(({ attempt, outcome }) => [attempt, outcome]),
    [1, 2, 3, 4].map((attempt) => [attempt, 'failed'])
  )
  t.hasStrict(await scheduler.getJob(job.id), { last_outcome: 'failed', consecutive_failures: 1 })
})

test('no retry starts later than max_age after the run was due', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.999 })
  const { scheduler, clock } = await createTestScheduler(t)
  scheduler.handle('work', async () => {
    throw new Error('never')
  })
  const retry = { ...fixed, max_attempts: 100, max_age: '25s' }
  const job = await scheduler.createJob({ ...once, retry })
  await clock.advance(120_000)
  const [run] = await runsOf(scheduler, job.id)
  t.hasStrict(run, { state: 'failed', attempt: 3 })
})

test('success sets the failures of a job back to zero', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const outcomes = ['no', 'no', 'yes', 'no']
  scheduler.handle('work', async () => {
    if (outcomes.shift() === 'no') throw new Error('no')
  })
  const target = once.target ?? { type: 'log' }
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '10s', target })
  const failures: number[] = []
  for (let round = 0; round < 4; round++) {
    await clock.advance(10_000)
    failures.push((await scheduler.getJob(id)).consecutive_failures)
  }
  await clock.advance(100)
  failures.push((await scheduler.getJob(id)).consecutive_failures)
  t.strictSame(failures.slice(-4), [1, 2, 0, 1])
})

test('an attempt over its timeout is told to stop, and fails with the code timeout', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work', { obeys: true })
  const { id } = await scheduler.createJob({ ...once, timeout: '90s' })
  await clock.advance(10_000 + 89_999)
  t.equal(calls[0]?.attempt.signal.aborted, false)
  await clock.advance(101)
  t.equal(calls[0]?.attempt.signal.aborted, true)
  t.match(calls[0]?.attempt.signal.reason, { name: 'TimeoutError' })
  const [run] = await runsOf(scheduler, id)
  t.hasStrict(run, { state: 'failed', error: { code: 'timeout' }, duration_ms: 90_000 })
  t.match(run?.error?.message, /1m30s/)
})

test('what an attempt returns after its timeout does not make it a success', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({ ...once, timeout: '5s' })
  await clock.advance(20_000)
  t.strictSame(await statesOf(scheduler, id), ['running'], 'it is given time to stop')
  calls[0]?.resolve('late')
  await clock.advance(100)
  t.hasStrict(await runsOf(scheduler, id), [{ state: 'failed', error: { code: 'timeout' } }])
})

test('an attempt that ignores its timeout is given up after ten seconds', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({ ...once, timeout: '5s' })
  await clock.advance(10_000 + 5_000 + 9_999)
  t.equal(scheduler.status().runsInFlight, 1)
  await clock.advance(101)
  t.equal(scheduler.status().runsInFlight, 0)
  t.hasStrict(await runsOf(scheduler, id), [{ state: 'failed', error: { code: 'timeout' } }])
  calls[0]?.resolve('much too late')
  await clock.advance(100)
  t.hasStrict(await runsOf(scheduler, id), [{ state: 'failed', result: null }])
  t.equal(events('runs_settled').length, 1, 'only its first end counts')
})

test('a timed-out attempt is tried again as any failure is', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 })
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work', { obeys: true })
  const { id } = await scheduler.createJob({ ...once, timeout: '5s', retry: fixed })
  await clock.advance(15_100)
  t.equal(calls.length, 2)
  calls[1]?.resolve()
  await clock.advance(100)
  t.hasStrict(await runsOf(scheduler, id), [
    { state: 'succeeded', attempts: [{ outcome: 'failed', error: { code: 'timeout' } }, {}] }
  ])
})

test('a run whose handler is missing waits for it, says so, and holds up nobody', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const waiting = await scheduler.createJob(once)
  const logged = await scheduler.createJob({ name: 'logged', repeat_interval: '10s' })
  await clock.advance(25_000)
  t.strictSame(await statesOf(scheduler, waiting.id), ['pending no_handler'])
  t.strictSame(await statesOf(scheduler, logged.id), ['succeeded', 'succeeded'])
  t.hasStrict(events('handler_missing'), [{ job_id: waiting.id, handler: 'work' }])
  scheduler.handle('work', async () => 'at last')
  await clock.advance(100)
  t.hasStrict(await runsOf(scheduler, waiting.id), [{ state: 'succeeded', reason: null }])
})

test('a handler has one function', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  scheduler.handle('work', () => 1)
  t.throws(() => scheduler.handle('work', () => 2), { code: 'handler_exists', message: /"work"/ })
})

test('no more runs go on at once than there are slots; the longest waiting comes first', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { maxConcurrentRuns: 2 })
  const calls = createGate(scheduler, 'work')
  const ids: number[] = []
  for (let second = 10; second < 15; second++) {
    const job = { ...once, start_date: `2026-01-01T00:00:${second}Z` }
    ids.push((await scheduler.createJob(job)).id)
  }
  await clock.advance(20_000)
  t.equal(scheduler.status().runsInFlight, 2)
  for (let index = 0; index < 5; index++) {
    t.equal(calls.length, Math.min(5, index + 2))
    calls[index]?.resolve()
    await clock.advance(10)
  }
  t.strictSame(
    calls.map((call) => call.attempt.job.id),
    ids
  )
})

const claimed: ClaimedRun = {
  id: 1,
  owner: 1,
  job_id: 1,
  job_name: 'a',
  target: 'http',
  job_version: 1,
  definition: withDefaults({
    name: 'a',
    repeat_interval: '1h',
    target: { type: 'http', url: 'http://a.example' }
  }),
  params: null,
  cause: 'schedule',
  attempt: 1,
  scheduled_for: 0,
  delay_ms: 0,
  queued_at: 0,
  started_at: 0,
  earlier: []
}

const failed = {
  kind: 'failed',
  error: { code: 'http_status', message: '503' },
  result: null,
  retryable: true,
  retryAfterMs: null,
  pauseJob: false
} as const

test('what an outcome means for its run', (t) => {
  const past = (outcome: 'failed' | 'crashed' | 'interrupted'): Run['attempts'][number] => ({
    attempt: 1,
    started_at: '',
    finished_at: '',
    outcome,
    replica: null,
    error: null,
    response: null
  })
  const cases: readonly [
    what: string,
    outcome: Outcome,
    run: Partial<ClaimedRun>,
    settlement: object
  ][] = [
    ['success', { kind: 'succeeded', result: 1 }, {}, { state: 'succeeded', result: '1' }],
    ['a failure', failed, {}, { state: 'pending', reason: 'retry', availableAt: 3_500 }],
    [
      'the second',
      failed,
      { attempt: 2, earlier: [past('failed')] },
      { state: 'pending', availableAt: 6_000 }
    ],
    [
      'the third',
      failed,
      { attempt: 3, earlier: [past('failed'), past('failed')] },
      { state: 'failed', availableAt: null }
    ],
    [
      'a failure after crashes',
      failed,
      { attempt: 3, earlier: [past('crashed'), past('interrupted')] },
      { state: 'pending', availableAt: 3_500 }
    ],
    ['no use to retry', { ...failed, retryable: false }, {}, { state: 'failed', reason: null }],
    [
      'Retry-After',
      { ...failed, retryAfterMs: 120_000 },
      {},
      { state: 'pending', availableAt: 121_000 }
    ],
    [
      'Retry-After over the maximum',
      { ...failed, retryAfterMs: 900_000 },
      {},
      { state: 'pending', availableAt: 301_000 }
    ],
    [
      '410',
      { ...failed, retryable: false, pauseJob: true },
      {},
      { state: 'failed', reason: 'target_gone' }
    ],
    [
      'cancelled',
      { kind: 'cancelled', reason: 'replaced' },
      {},
      { state: 'cancelled', reason: 'replaced' }
    ],
    [
      'interrupted',
      { kind: 'interrupted' },
      { attempt: 3 },
      { state: 'pending', reason: 'interrupted', availableAt: 1_000 }
    ]
  ] as const
  for (const [what, outcome, run, settlement] of cases) {
    const time = { now: 1_000, replica: 'r', random: 0.5 }
    t.hasStrict(endRun({ ...claimed, ...run }, outcome, time).settlement, settlement, what)
  }
  t.end()
})

test('the attempts that are kept of a run have a bound', (t) => {
  const attempt = {
    started_at: '',
    finished_at: '',
    outcome: 'interrupted',
    replica: null,
    error: null,
    response: null
  } as const
  const earlier = Array.from({ length: 300 }, (_, index) => ({ ...attempt, attempt: index + 1 }))
  const { settlement } = endRun(
    { ...claimed, attempt: 301, earlier },
    { kind: 'interrupted' },
    { now: 1, replica: 'r', random: 0 }
  )
  const kept = JSON.parse(settlement.attempts ?? '[]') as { attempt: number }[]
  t.equal(kept.length, 200)
  t.equal(kept.at(-1)?.attempt, 301, 'the oldest go first')
  t.end()
})

test('what several runs of a job that ended together say about it', (t) => {
  const ended = (outcome: Outcome, now: number) =>
    endRun({ ...claimed, started_at: now - 1 }, outcome, { now, replica: 'r', random: 0 })
  const yes: Outcome = { kind: 'succeeded', result: null }
  const again = failed
  const no = { ...failed, retryable: false }
  const cases: readonly [Outcome[], object | undefined][] = [
    [[yes], { lastRunAt: 0, lastOutcome: 'succeeded', lastSuccessAt: 1, failures: 0, reset: true }],
    [[no], { lastRunAt: 0, lastOutcome: 'failed', lastSuccessAt: null, failures: 1, reset: false }],
    [[no, no], { lastRunAt: 1, failures: 2, reset: false }],
    [[no, yes], { lastOutcome: 'succeeded', lastSuccessAt: 2, failures: 0, reset: true }],
    [[yes, no], { lastOutcome: 'failed', lastSuccessAt: 1, failures: 1, reset: true }],
    [
      [no, { kind: 'cancelled', reason: null }],
      { lastOutcome: 'cancelled', failures: 1, reset: false }
    ],
    [[yes, again], { lastOutcome: 'succeeded', lastRunAt: 0 }],
    [[again], undefined]
  ]
  for (const [outcomes, summary] of cases) {
    const [told] = summarize(outcomes.map((outcome, index) => ended(outcome, index + 1)))
    if (summary === undefined) t.equal(told, undefined)
    else t.hasStrict(told, summary)
  }
  t.end()
})
