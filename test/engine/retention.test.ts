import type { JobInput } from '../../src/domain/job.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const HOUR = 3_600_000
const every: JobInput = { name: 'a', repeat_interval: '10s' }
const roomy = { ageMs: 1_000 * HOUR, perJob: 100_000 }

test('runs that ended longer ago than the retention go, of deleted jobs too', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t, {
    retention: { ...roomy, ageMs: 60_000 }
  })
  await scheduler.createJob(every)
  await scheduler.createJob({ ...every, name: 'b' })
  await clock.advance(30_500)
  await scheduler.deleteJob(2)
  t.equal((await runsOf(scheduler, 2)).length, 3)
  await clock.advance(30_000)
  t.equal((await runsOf(scheduler, 1)).length, 6)
  await clock.advance(32_000)
  t.equal((await runsOf(scheduler, 1)).length, 6, 'of nine')
  await t.rejects(scheduler.listRuns({ filter: { jobId: 2 } }), { code: 'job_not_found' })
  t.ok(events('runs_pruned').length > 0)
})

test('of each job the newest runs are kept, up to the number', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { retention: { ...roomy, perJob: 5 } })
  await scheduler.createJob(every)
  await scheduler.createJob({ ...every, repeat_interval: '30s' })
  await clock.advance(130_500)
  const runs = await runsOf(scheduler, 1)
  t.equal(runs.length, 5)
  t.equal(runs.at(-1)?.scheduled_for, '2026-01-01T00:02:10.000Z')
  t.equal((await runsOf(scheduler, 2)).length, 4, 'a job with fewer keeps all of them')
})

test('what has not ended is never deleted, and nothing that it needs', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.99 })
  const { scheduler, clock, database } = await createTestScheduler(t, {
    retention: { ageMs: 1_000, perJob: 1 }
  })
  const calls = createGate(scheduler, 'work')
  const target = { type: 'handler', name: 'work' } as const
  const retry = { max_attempts: 2, backoff: 'fixed', initial: '60s', max: '60s' } as const
  await scheduler.createJob({
    ...every,
    target,
    retry,
    overlap: 'allow',
    timeout: '1d',
    params: 'old'
  })
  await scheduler.createJob({ ...every, target: { type: 'handler', name: 'nobody' } })
  await clock.advance(20_500)
  calls[0]?.reject(new Error('no'))
  await clock.advance(100)
  await scheduler.updateJob(1, { params: 'new' })
  await scheduler.pause(1)
  await clock.advance(30_000)
  t.strictSame(await statesOf(scheduler, 1), ['pending retry', 'running'])
  t.match((await statesOf(scheduler, 2))[0], /pending no_handler/)
  await clock.advance(40_000)
  t.strictSame(
    calls.map((call) => call.attempt.params),
    ['old', 'old', 'old']
  )
  for (const call of calls) call.resolve()
  await scheduler.updateJob(1, { params: 'newest' })
  await clock.advance(20_000)
  t.strictSame(await runsOf(scheduler, 1), [])
  const versions = await database.query.selectFrom('carillon_job_versions').selectAll().execute()
  t.strictSame(versions, [], 'definitions that no run needs go too')
})

test('more runs than fit into one batch go batch by batch, without waiting in between', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, {
    retention: { ...roomy, ageMs: HOUR },
    start: false
  })
  await scheduler.createJob({ ...every, repeat_interval: '10h' })
  const row = {
    job_id: 1,
    job_version: 1,
    seq: 0,
    cause: 'schedule',
    state: 'succeeded',
    attempt: 1
  } as const
  const ended = clock.now() - 2 * HOUR
  const rows = Array.from({ length: 2_500 }, (_, index) => ({
    ...row,
    scheduled_for: ended + index,
    occurrences: 1,
    queued_at: ended,
    finished_at: ended
  }))
  for (let index = 0; index < rows.length; index += 500) {
    await database.query
      .insertInto('carillon_runs')
      .values(rows.slice(index, index + 500))
      .execute()
  }
  await scheduler.start()
  await clock.advance(4_500)
  t.strictSame(await runsOf(scheduler, 1), [])
  t.strictSame(
    events('runs_pruned').map(({ count }) => count),
    [1_000, 1_000, 500]
  )
})
