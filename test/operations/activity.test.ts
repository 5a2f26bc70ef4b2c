import { sql } from 'kysely'
import { medianMs, type ActivityRequest } from '../../src/domain/activity.ts'
import { CarillonError } from '../../src/domain/errors.ts'
import type { RunState } from '../../src/domain/run.ts'
import type { Db } from '../../src/store/db.ts'
import { listActivity } from '../../src/store/list-activity.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler, overDays } from '../helpers/scheduler.ts'

const HOURLY = { name: 'a job', repeat_interval: '1h' }

/** When the manual clock begins: what is older falls to retention. */
const BEGIN = Date.UTC(2026, 0, 1)

/** Runs of a job as its scheduler would have written them: one a minute, which took so long. */
async function insertHistory(
  db: Db,
  jobId: number,
  history: readonly (readonly [state: RunState, tookMs: number])[]
): Promise<void> {
  const rows = history.map(([state, tookMs], index) => ({
    job_id: jobId,
    job_version: 1,
    scheduled_for: BEGIN + 60_000 * (index + 1),
    seq: 0,
    cause: 'schedule' as const,
    state,
    attempt: 1,
    occurrences: 1,
    queued_at: BEGIN,
    started_at: state === 'pending' ? null : BEGIN,
    finished_at: state === 'pending' || state === 'running' ? null : BEGIN + tookMs
  }))
  await db.query.insertInto('carillon_runs').values(rows).execute()
}

test('activity: each job that exists, in the order asked for, with its last runs', async (t) => {
  const { scheduler, database: db } = await createTestScheduler(t)
  const daily = { name: 'b', schedule: 'TZ=Europe/Berlin 0 9 * * 1' }
  const [a, b, c] = [
    await scheduler.createJob(HOURLY),
    await scheduler.createJob(daily),
    await scheduler.createJob({ ...HOURLY, start_date: '2024-06-10T09:00:00Z' })
  ]
  await insertHistory(db, b.id, [
    ['succeeded', 10],
    ['failed', 900],
    ['succeeded', 30],
    ['missed', 0],
    ['pending', 0],
    ['succeeded', 20]
  ])
  await insertHistory(db, c.id, [['failed', 7]])
  const found = await scheduler.listActivity({ ids: [c.id, 9_999, b.id, a.id, b.id] })
  t.strictSame(
    found.map(({ job_id: id }) => id),
    [c.id, b.id, a.id]
  )
  const { description } = await scheduler.preview({ repeat_interval: '1h' })
  t.match(found[2], { name: a.name, description, runs: [], p50_duration_ms: null })
  t.match(found[1], { description: 'At 09:00 every Monday, Europe/Berlin time.' })
  const since = 'Every hour, counted from Monday 10 June 2024 at 09:00 UTC.'
  t.match(found[0], { description: since }, 'that it has begun is no news')
  t.strictSame(
    found[1]?.runs.map(({ state, duration_ms: took }) => [state, took]),
    [
      ['succeeded', 20],
      ['missed', 0],
      ['succeeded', 30],
      ['failed', 900],
      ['succeeded', 10]
    ]
  )
  t.equal(found[1]?.runs[0]?.scheduled_for, '2026-01-01T00:06:00.000Z')
  t.equal(found[1]?.p50_duration_ms, 20, 'what did not succeed has no say')
  t.equal(found[0]?.p50_duration_ms, null, 'none succeeded')
  const [newest] = await scheduler.listActivity({ ids: [b.id], runs: 1 })
  t.match(newest, { runs: [{ duration_ms: 20 }], p50_duration_ms: 20 })
})

test('activity: a run takes as long as the run itself says', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  let calls = 0
  scheduler.handle('flaky', async ({ signal }) => {
    calls++
    const { promise, resolve } = Promise.withResolvers<void>()
    clock.setTimer(resolve, 250 * calls)
    signal.addEventListener('abort', () => resolve())
    await promise
    if (calls < 3) throw new Error('not yet')
  })
  const job = await scheduler.createJob({
    ...HOURLY,
    target: { type: 'handler', name: 'flaky' },
    retry: { max_attempts: 2, backoff: 'fixed', initial: '1s' }
  })
  await clock.advance(2 * 3_600_000 + 60_000)
  const runs = await scheduler.listRuns({ filter: { jobId: job.id } })
  const [activity] = await scheduler.listActivity({ ids: [job.id] })
  t.strictSame(
    activity?.runs,
    runs.map(({ id, state, scheduled_for, duration_ms }) => ({
      id,
      state,
      scheduled_for,
      duration_ms
    }))
  )
  t.match(activity, { runs: [{ state: 'succeeded' }, { state: 'failed' }] })

  calls = 0
  const patient = await scheduler.createJob({
    ...HOURLY,
    target: { type: 'handler', name: 'flaky' },
    retry: { max_attempts: 2, backoff: 'fixed', initial: '24h', max: '24h' }
  })
  const { id } = await scheduler.run(patient.id)
  await clock.advance(1_000)
  const { state, duration_ms: took } = await scheduler.cancelRun(id)
  t.equal(state, 'cancelled')
  t.type(took, 'number', 'it has had an attempt')
  const [waited] = await scheduler.listActivity({ ids: [patient.id] })
  t.match(waited, { runs: [{ id, state, duration_ms: took }], p50_duration_ms: null })
})

test('activity: of 1,000 runs of a job only the newest are read', async (t) => {
  const { scheduler, database: db } = await createTestScheduler(t)
  const { id } = await scheduler.createJob(HOURLY)
  await insertHistory(
    db,
    id,
    Array.from({ length: 1_000 }, (_, index) => ['succeeded', index] as const)
  )
  const rows = await listActivity(db, [id], 20)
  t.equal(rows.length, 20)
  const [activity] = await scheduler.listActivity({ ids: [id], runs: 50 })
  t.equal(activity?.runs.length, 50)
  t.equal(activity?.runs[0]?.duration_ms, 999, 'the newest first')
  t.equal(activity?.p50_duration_ms, 975, 'between 974 and 975, rounded up')
})

test('activity: a schedule that cannot be read hides none of the others', async (t) => {
  const { scheduler, database: db } = await createTestScheduler(t)
  const [broken, sound] = [await scheduler.createJob(HOURLY), await scheduler.createJob(HOURLY)]
  const definition = JSON.stringify({ name: 'a job', schedule: 'by hand' })
  await sql`update carillon_jobs set definition = ${definition} where id = ${broken.id}`.execute(
    db.query
  )
  const found = await scheduler.listActivity({ ids: [broken.id, sound.id] })
  t.match(found, [{ description: null }, { description: /^Every hour/ }])
})

test('activity: a hundred jobs are asked for at once, and no more', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const { id } = await scheduler.createJob(HOURLY)
  const ids = Array.from({ length: 100 }, (_, index) => id + index)
  t.equal((await scheduler.listActivity({ ids })).length, 1)
  const refused: readonly [request: ActivityRequest, field: string][] = [
    [{ ids: [...ids, id + 100] }, 'ids'],
    [{ ids: [] }, 'ids'],
    [{ ids: [1, 0] }, 'ids'],
    [{ ids: [1.5] }, 'ids'],
    [{ ids: [1], runs: 0 }, 'runs'],
    [{ ids: [1], runs: 51 }, 'runs'],
    [{ ids: [1], runs: NaN }, 'runs']
  ]
  for (const [request, field] of refused) {
    const error = await scheduler.listActivity(request).catch((cause: unknown) => cause)
    t.ok(error instanceof CarillonError && error.code === 'validation_failed')
    t.match(error, { faults: [{ in: 'query', pointer: `/${field}`, detail: `"${field}"` }] })
  }
  const medians: readonly [number[], number | null][] = [
    [[], null],
    [[7], 7],
    [[9, 1], 5],
    [[3, 1, 2], 2],
    [[10, 9, 100, 1], 10]
  ]
  for (const [durations, expected] of medians) t.equal(medianMs(durations), expected)
})
