import { forecastJobs } from '../../src/operations/forecast-jobs.ts'
import type { Db } from '../../src/store/db.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'

const clock = createManualClock()
const now = clock.now()

/** Rows as the service would have written them, many at once. */
async function insertJobs(
  db: Db,
  definitions: readonly object[],
  nextRunAt: number = now + 1
): Promise<void> {
  for (let i = 0; i < definitions.length; i += 500) {
    const rows = definitions.slice(i, i + 500).map((definition) => ({
      version: 1,
      name: 'a job',
      target: 'log' as const,
      definition: JSON.stringify({ name: 'a job', ...definition }),
      state: 'enabled' as const,
      next_run_at: nextRunAt,
      created_at: now,
      updated_at: now
    }))
    await db.query.insertInto('carillon_jobs').values(rows).execute()
  }
}

test('10,000 jobs are counted, the rest is told, and others get their turn', async (t) => {
  const db = await createTestDatabase(t)
  const definitions = Array.from({ length: 10_001 }, (_, i) => ({
    schedule: `${i % 60} ${i % 24} * * *`,
    timezone: 'Europe/Berlin'
  }))
  await insertJobs(db, definitions)
  let turns = 0
  let counting = true
  const turn = (): void => {
    turns++
    if (counting) setImmediate(turn)
  }
  setImmediate(turn)
  const forecast = await forecastJobs({ db, clock }, {})
  counting = false
  t.match(forecast, { jobs: 10_000, truncated: true })
  t.equal(
    forecast.buckets.reduce((sum, bucket) => sum + bucket.count, 0),
    10_000,
    'each once a day'
  )
  t.ok(turns >= 200, `${turns} turns`)
})

test('exactly as many as are counted is not truncated', async (t) => {
  const db = await createTestDatabase(t)
  await insertJobs(
    db,
    Array.from({ length: 100 }, () => ({ repeat_interval: '1h' }))
  )
  const count = async (maxJobs: number) => {
    const { jobs, truncated, buckets } = await forecastJobs({ db, clock }, {}, maxJobs)
    return { jobs, truncated, first: buckets[1]?.count }
  }
  t.same(await count(100), { jobs: 100, truncated: false, first: 100 })
  t.same(await count(101), { jobs: 100, truncated: false, first: 100 })
  t.same(await count(99), { jobs: 99, truncated: true, first: 99 })
  t.same(await count(10), { jobs: 10, truncated: true, first: 10 })
})

test('a stored definition that cannot be used does not hold up the others', async (t) => {
  const db = await createTestDatabase(t)
  await insertJobs(db, [{ schedule: 'nonsense' }, { repeat_interval: '1h' }])
  const forecast = await forecastJobs({ db, clock }, {})
  t.equal(forecast.buckets[1]?.count, 1)
})

test('what is due now is no longer to come, though its record may not be written yet', async (t) => {
  const db = await createTestDatabase(t)
  await insertJobs(db, [{ start_date: '2026-01-01T00:00:00Z' }], now)
  const forecast = await forecastJobs({ db, clock }, {})
  t.equal(forecast.buckets[0]?.count, 0)
})

test('the forecast of a tag counts the jobs that have it', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', schedule: '0 * * * *', tags: ['night'] })
  await scheduler.createJob({ name: 'b', schedule: '0 * * * *' })
  const total = async (tag?: string) => {
    const { jobs, buckets } = await scheduler.forecast(tag === undefined ? {} : { tag })
    return [jobs, buckets.reduce((sum, { count }) => sum + count, 0)]
  }
  t.strictSame(await total(), [2, 46])
  t.strictSame(await total('night'), [1, 23])
  t.strictSame(await total('day'), [0, 0])
})
