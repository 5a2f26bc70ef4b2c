import { Type } from '@sinclair/typebox'
import { createTargetPolicy } from '../../src/domain/addresses/target-policy.ts'
import type { BulkRunsRequest } from '../../src/domain/bulk-runs.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf } from '../helpers/runs.ts'
import { createTestScheduler, overDays } from '../helpers/scheduler.ts'
import { until } from '../helpers/until.ts'

const hourly = { schedule: '0 * * * *' }
const handler = (name: string) => ({ type: 'handler' as const, name })

/** A handler that fails until it is told otherwise. */
function failing(scheduler: Scheduler, name: string): { isWell: boolean } {
  const health = { isWell: false }
  scheduler.handle(name, async () => {
    if (!health.isWell) throw new Error('no')
  })
  return health
}

test('what failed in a stretch of time is tried again, and what did not is left alone', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t, overDays)
  const health = failing(scheduler, 'ill')
  const jobs = [1, 2, 3].map((at) => ({ name: `job ${at}`, ...hourly, target: handler('ill') }))
  for (const job of jobs) await scheduler.createJob(job)
  const well = await scheduler.createJob({ name: 'well', ...hourly })
  await clock.advance('2h')
  await clock.advance('1m')
  health.isWell = true
  const noted = events('job_changed').length
  const request: BulkRunsRequest = {
    action: 'retry',
    filter: { from: '2026-01-01T02:00:00Z', to: '2026-01-01T03:00:00Z' }
  }
  const dry = await scheduler.dryRun.bulkRuns(request)
  t.strictSame(dry, {
    dry_run: true,
    action: 'retry',
    matched: 3,
    done: 3,
    more: false,
    refused: []
  })
  t.equal((await scheduler.listRuns({ filter: { state: 'failed' } })).length, 6, 'nothing is done')
  t.equal(events('job_changed').length, noted, 'and nothing is said')
  const done = await scheduler.as({ actor: 'Ann', address: null }).bulkRuns(request)
  t.strictSame(done, { ...dry, dry_run: false })
  await clock.advance(100)
  const states = async (jobId: number) => (await runsOf(scheduler, jobId)).map(({ state }) => state)
  for (const jobId of [1, 2, 3]) t.strictSame(await states(jobId), ['failed', 'succeeded'])
  t.strictSame(await states(well.id), ['succeeded', 'succeeded'])
  const job = await scheduler.getJob(1)
  t.match(job, { last_outcome: 'succeeded', consecutive_failures: 0, running: 0 })
  const [change] = await scheduler.listChanges(1)
  t.match(change, { action: 'run_retried', actor: 'Ann' })
  t.match(await scheduler.bulkRuns(request), { matched: 0, done: 0, refused: [] })
})

test('runs that wait and that run are cancelled, and what waits behind them starts', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t, overDays)
  const calls = createGate(scheduler, 'slow', { obeys: true })
  const slow = { ...hourly, overlap: 'queue_all' as const, target: handler('slow') }
  const { id } = await scheduler.createJob({ name: 'slow', ...slow })
  const other = await scheduler.createJob({ name: 'other', ...slow })
  for (let times = 0; times < 3; times++) await scheduler.run(id)
  const kept = await scheduler.run(other.id)
  const last = await scheduler.run(other.id)
  await clock.advance(10)
  t.equal(calls.length, 2)
  const report = await scheduler.bulkRuns({ filter: { job_id: id }, action: 'cancel' })
  t.match(report, { action: 'cancel', matched: 3, done: 3, more: false, refused: [] })
  await clock.advance(100)
  const states = (await runsOf(scheduler, id)).map(({ state }) => state)
  t.strictSame(states, ['cancelled', 'cancelled', 'cancelled'])
  t.match(await scheduler.getJob(id), { running: 0, last_outcome: 'cancelled' })
  t.equal((await scheduler.getRun(kept.id)).state, 'running', 'another job goes on')
  const ids = [kept.id, last.id, 4711]
  const running: BulkRunsRequest = { filter: { ids, state: 'running' }, action: 'cancel' }
  t.match(await scheduler.bulkRuns(running), { matched: 1, done: 1 })
  await clock.advance(100)
  t.equal((await scheduler.getRun(last.id)).state, 'running', 'its turn has come')
  t.equal(events('runs_settled').flatMap(({ runs }) => runs).length, 2, 'each is counted once')
})

test('a run that refuses is reported with its reason, and stops no other', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  const health = failing(scheduler, 'ill')
  const calls = createGate(scheduler, 'slow')
  const ill = { target: handler('ill') }
  await scheduler.createJob({ name: 'gone', ...hourly, ...ill })
  await scheduler.createJob({ name: 'twice', ...hourly, ...ill })
  await scheduler.createJob({ name: 'busy', ...hourly, ...ill })
  await scheduler.createJob({ name: 'fine', ...hourly })
  await clock.advance('2h')
  await clock.advance('1m')
  await scheduler.deleteJob(1)
  await scheduler.updateJob(3, { target: handler('slow') })
  await scheduler.run(3)
  await clock.advance(10)
  t.equal(calls.length, 1)
  health.isWell = true
  const failed = await scheduler.listRuns({ filter: { state: 'failed' } })
  const idsOf = (jobId: number) => failed.flatMap((run) => (run.job_id === jobId ? [run.id] : []))
  const [fine] = await runsOf(scheduler, 4)
  const ids = [...failed.map(({ id }) => id), fine?.id ?? 0]
  const report = await scheduler.bulkRuns({ filter: { ids }, action: 'retry' })
  t.match(report, { matched: 7, done: 1, more: false })
  t.strictSame(
    report.refused.map(({ id, job_id, code }) => [id, job_id, code]),
    [
      ...idsOf(1).map((id) => [id, 1, 'job_not_found']),
      [idsOf(2)[1], 2, 'run_active'],
      ...idsOf(3).map((id) => [id, 3, 'run_active']),
      [fine?.id, 4, 'run_not_finished']
    ]
  )
  t.match(report.refused[2]?.detail, /while run \d+ of its job goes on; wait, or cancel/)
  await clock.advance(100)
  t.equal((await scheduler.getRun(idsOf(2)[0] ?? 0)).state, 'succeeded', 'the newest of a job')
  calls[0]?.resolve()
})

test('a call that cannot be made any more is not tried again, one by one nor among many', async (t) => {
  const rules: string[] = []
  const policy = createTargetPolicy({ allow: [], deny: [], isLocal: () => true })
  const targetPolicy = {
    ...policy,
    urlFault: (url: URL) => (rules.includes(url.host) ? `${url.host} is denied.` : null)
  }
  const { scheduler, clock } = await createTestScheduler(t, { ...overDays, targetPolicy })
  const target = { type: 'http' as const, url: 'http://127.0.0.1:9/' }
  await scheduler.createJob({ name: 'http', ...hourly, target, retry: { max_attempts: 1 } })
  scheduler.handle('picky', { params: Type.Object({ n: Type.Number() }) }, () => {
    throw new Error('no')
  })
  await scheduler.createJob({ name: 'n', ...hourly, target: handler('picky'), params: { n: 1 } })
  await scheduler.run(1)
  await scheduler.run(2, { params: { n: 2 } })
  await clock.advance('1h')
  await clock.advance('1m')
  rules.push('127.0.0.1:9')
  await until('all to have failed', async () => {
    await clock.advance(100)
    return (await scheduler.listRuns({ filter: { state: 'failed' } })).length === 4
  })
  const [http] = await runsOf(scheduler, 1)
  await t.rejects(scheduler.retryRun(http?.id ?? 0), {
    code: 'validation_failed',
    message:
      /^Run \d+ works on version 1 of its job and cannot be tried again: 127\.0\.0\.1:9 is denied/
  })
  t.equal((await scheduler.getRun(http?.id ?? 0)).state, 'failed')
  const report = await scheduler.bulkRuns({ filter: { state: 'failed' }, action: 'retry' })
  t.match(report, { matched: 4, done: 1 })
  t.strictSame(
    report.refused.map(({ job_id, code }) => [job_id, code]),
    [
      [1, 'validation_failed'],
      [1, 'validation_failed'],
      [2, 'run_active']
    ]
  )
})

test('at most 1,000 runs are acted on in one call, the newest, and it says that more are left', async (t) => {
  const retention = { ageMs: Infinity, perJob: 5_000 }
  const { scheduler, database } = await createTestScheduler(t, { ...overDays, retention })
  await scheduler.createJob({ name: 'a', ...hourly, overlap: 'allow' })
  const rows = Array.from({ length: 1_002 }, (_, index) => ({
    job_id: 1,
    job_version: 1,
    scheduled_for: 1_000 + index,
    seq: 0,
    cause: 'schedule' as const,
    state: 'failed' as const,
    attempt: 1,
    occurrences: 1,
    queued_at: 0,
    finished_at: 1
  }))
  await database.query.insertInto('carillon_runs').values(rows).execute()
  const request: BulkRunsRequest = { filter: { state: 'failed' }, action: 'retry' }
  t.match(await scheduler.bulkRuns(request), { matched: 1_000, done: 1_000, more: true })
  const left = await scheduler.listRuns({ filter: { state: 'failed' } })
  t.strictSame(
    left.map(({ scheduled_for: at }) => Date.parse(at)),
    [1_001, 1_000]
  )
  t.match(await scheduler.bulkRuns(request), { matched: 2, done: 2, more: false })
})

test('nothing is done to many runs by leaving something out', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const refused: readonly [object, string, RegExp][] = [
    [{ filter: {}, action: 'retry' }, '/filter', /say which runs, such as {"state": "failed"}/],
    [{ action: 'retry' }, '/filter', /required/],
    [{ filter: { state: 'failed' } }, '/action', /required/],
    [{ filter: { state: 'failed' }, action: 'delete' }, '/action', /one of retry, cancel/],
    [{ filter: { state: 'succeeded' }, action: 'retry' }, '/filter/state', /failed or cancelled/],
    [{ filter: { state: 'failed' }, action: 'cancel' }, '/filter/state', /pending or running/],
    [{ filter: { reason: 'overlap' }, action: 'retry' }, '/filter/reason', /give "state"/],
    [{ filter: { from: 'today' }, action: 'retry' }, '/filter/from', /RFC 3339/],
    [
      { filter: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, action: 'retry' },
      '/filter/from',
      /is after "to"/
    ],
    [{ filter: { job: 7 }, action: 'retry' }, '/filter/job', /not a known field/],
    [
      { filter: { ids: Array.from({ length: 1_001 }, () => 1) }, action: 'retry' },
      '/filter/ids',
      /1000/
    ]
  ]
  for (const [request, pointer, detail] of refused) {
    for (const calls of [scheduler, scheduler.dryRun]) {
      await t.rejects(
        calls.bulkRuns(request as BulkRunsRequest),
        { code: 'validation_failed', faults: [{ pointer, detail }] },
        JSON.stringify(request).slice(0, 200)
      )
    }
  }
})
