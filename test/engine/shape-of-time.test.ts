import { test } from 'tap'
import { createManualClock } from '../helpers/manual-clock.ts'
import {
  createTestDatabase,
  createTestScheduler,
  overDays,
  type TestScheduler
} from '../helpers/scheduler.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

async function history({ scheduler }: TestScheduler, jobId: number) {
  const runs = await scheduler.listRuns({ filter: { jobId }, limit: 1_000 })
  return runs
    .toReversed()
    .map(({ scheduled_for: at, state, reason }) => `${at.slice(5, 16)} ${reason ?? state}`)
}

test('the last occurrence is the one at end_date, and then the job is finished', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { id } = await parts.scheduler.createJob({
    name: 'ends',
    schedule: '0 * * * *',
    end_date: '2026-01-01T02:00:00Z'
  })
  await parts.clock.advance(4 * HOUR)
  t.strictSame(await history(parts, id), ['01-01T01:00 succeeded', '01-01T02:00 succeeded'])
  t.match(await parts.scheduler.getJob(id), { state: 'finished', next_run_at: null })
})

test('a job ends after max_runs, and goes on when it may have more', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'two', repeat_interval: '1h', max_runs: 2 })
  await clock.advance(5 * HOUR)
  t.match(await scheduler.getJob(id), { state: 'finished', scheduled_runs: 2, next_run_at: null })
  t.equal((await history(parts, id)).length, 2)
  await scheduler.updateJob(id, { max_runs: 3 })
  await clock.advance(2 * HOUR)
  t.match(await scheduler.getJob(id), { state: 'finished', scheduled_runs: 3 })
  t.match(await scheduler.updateJob(id, { max_runs: 1 }), { state: 'finished' })
})

test('runs by hand and occurrences that are not run do not count towards max_runs', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'one', repeat_interval: '1h', max_runs: 1 })
  await scheduler.run(id)
  await scheduler.skip(id, 1)
  await clock.advance(HOUR)
  t.match(await scheduler.getJob(id), { state: 'enabled', scheduled_runs: 0, skip_next: 0 })
  await clock.advance(HOUR)
  t.match(await scheduler.getJob(id), { state: 'finished', scheduled_runs: 1 })
})

test('skipped occurrences have their record, and the one after them runs', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { id } = await parts.scheduler.createJob({ name: 'skips', repeat_interval: '1h' })
  await parts.scheduler.skip(id, 2)
  await parts.clock.advance(3 * HOUR + MINUTE)
  t.strictSame(await history(parts, id), [
    '01-01T01:00 skip_next',
    '01-01T02:00 skip_next',
    '01-01T03:00 succeeded'
  ])
})

test('excluded stretches and days are recorded as skipped', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { id } = await parts.scheduler.createJob({
    name: 'holiday',
    schedule: '0 */8 * * *',
    timezone: 'Europe/Paris',
    exclude: [{ from: '2026-01-01T07:00:00Z', to: '2026-01-01T15:00:00Z' }, '2 1 *']
  })
  await parts.clock.advance(48 * HOUR)
  t.strictSame(await history(parts, id), [
    '01-01T07:00 excluded',
    '01-01T15:00 succeeded',
    '01-01T23:00 excluded',
    '01-02T07:00 excluded',
    '01-02T15:00 excluded',
    '01-02T23:00 succeeded'
  ])
})

test('after a downtime the newest occurrence that is not excluded is caught up', async (t) => {
  const database = await createTestDatabase(t)
  const before = await createTestScheduler(t, { ...overDays, db: database })
  const { id } = await before.scheduler.createJob({
    name: 'catches up',
    repeat_interval: '1h',
    misfire_window: '1d',
    exclude: [{ from: '2026-01-01T04:00:00Z', to: '2026-01-01T09:00:00Z' }]
  })
  await before.scheduler.stop({ graceMs: 0 })
  const clock = createManualClock(Date.parse('2026-01-01T05:30:00Z'))
  const after = await createTestScheduler(t, { ...overDays, db: database, clock })
  await clock.advance(1_000)
  t.strictSame(await history(after, id), [
    '01-01T01:00 coalesced',
    '01-01T02:00 coalesced',
    '01-01T03:00 succeeded',
    '01-01T04:00 excluded',
    '01-01T05:00 excluded'
  ])
})

test('jitter delays the start and never the occurrence, by less than half a period', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const ids: number[] = []
  for (let n = 0; n < 20; n++) {
    const job = await scheduler.createJob({ name: `${n}`, schedule: '*/10 * * * *', jitter: '1h' })
    ids.push(job.id)
  }
  await clock.advance(20 * MINUTE - 1)
  const delays = await Promise.all(
    ids.map(async (jobId) => {
      const [run] = await scheduler.listRuns({ filter: { jobId } })
      t.match(run, {
        scheduled_for: '2026-01-01T00:10:00.000Z',
        state: 'succeeded',
        lateness_ms: 0
      })
      return Date.parse(run?.started_at ?? '') - Date.parse(run?.scheduled_for ?? '')
    })
  )
  t.ok(delays.every((delay) => delay >= 0 && delay < 5 * MINUTE))
  t.ok(new Set(delays).size > 15, 'they are spread')
})

test('a pause with an end ends by itself, and what fell into it is not caught up', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'pauses', repeat_interval: '1h' })
  t.match(await scheduler.pause(id, { reason: 'maintenance', until: '2026-01-01T03:00:00Z' }), {
    state: 'paused',
    next_run_at: null,
    paused_until: '2026-01-01T03:00:00.000Z'
  })
  await clock.advance(2.5 * HOUR)
  t.match(await scheduler.getJob(id), { state: 'paused', pause_reason: 'maintenance' })
  await clock.advance(2 * HOUR)
  t.match(await scheduler.getJob(id), {
    state: 'enabled',
    paused_until: null,
    pause_reason: null,
    next_run_at: '2026-01-01T05:00:00.000Z'
  })
  t.strictSame(await history(parts, id), ['01-01T03:00 succeeded', '01-01T04:00 succeeded'])
})

test('the end of a pause must be an instant that is still to come', async (t) => {
  const { scheduler } = await createTestScheduler(t, overDays)
  const { id } = await scheduler.createJob({ name: 'pauses', repeat_interval: '1h' })
  for (const until of ['tomorrow', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z']) {
    await t.rejects(scheduler.pause(id, { until }), {
      code: 'validation_failed',
      faults: [{ pointer: '/until' }]
    })
  }
})

test('an H job is stored with the occurrence that its own id gives, and keeps to it', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const minutes = new Set<string>()
  for (let n = 0; n < 12; n++) {
    const job = await scheduler.createJob({ name: `${n}`, schedule: 'H * * * *' })
    minutes.add(job.next_run_at?.slice(14, 16) ?? '')
    await clock.advance(1)
  }
  t.ok(minutes.size > 6, 'jobs are spread over the hour')
  await clock.advance(3 * HOUR)
  for (let id = 1; id <= 12; id++) {
    const runs = await scheduler.listRuns({ filter: { jobId: id } })
    t.equal(new Set(runs.map((run) => run.scheduled_for.slice(14))).size, 1)
  }
})

test('the whole service lives through both clock changes of New York', async (t) => {
  const clock = createManualClock(Date.parse('2026-03-07T12:00:00Z'))
  const parts = await createTestScheduler(t, { ...overDays, leaseMs: 400 * 24 * HOUR, clock })
  const timezone = 'America/New_York'
  const daily = await parts.scheduler.createJob({ name: 'd', schedule: '30 2 * * *', timezone })
  const early = await parts.scheduler.createJob({ name: 'e', schedule: '30 1 * * *', timezone })
  const quarter = await parts.scheduler.createJob({ name: 'q', schedule: '*/15 * * * *', timezone })
  await clock.advance(48 * HOUR)
  t.strictSame(await history(parts, daily.id), ['03-08T07:00 succeeded', '03-09T06:30 succeeded'])
  t.equal((await history(parts, quarter.id)).length, 48 * 4, 'every real quarter of an hour')

  const until = Date.parse('2026-10-31T12:00:00Z')
  for (const { id } of [daily, early, quarter]) {
    await parts.scheduler.pause(id, { until: new Date(until).toISOString() })
  }
  clock.jumpTo(until)
  await clock.advance(48 * HOUR)
  t.strictSame(await history(parts, daily.id), ['11-01T07:30 succeeded', '11-02T07:30 succeeded'])
  t.strictSame(
    (await history(parts, early.id)).filter((line) => line.startsWith('11-')),
    ['11-01T05:30 succeeded', '11-02T06:30 succeeded'],
    'the first of the two half past ones'
  )
  t.equal((await history(parts, quarter.id)).filter((line) => line.startsWith('11-01')).length, 96)
})

test('newer time-zone data moves what is to come and leaves what is due', async (t) => {
  const database = await createTestDatabase(t)
  const first = await createTestScheduler(t, { ...overDays, db: database, zoneData: '2025a' })
  const { id } = await first.scheduler.createJob({
    name: 'moved',
    schedule: '0 9 * * *',
    timezone: 'Europe/Paris'
  })
  await first.clock.advance(0)
  await first.scheduler.stop({ graceMs: 0 })
  const stored = Date.parse('2026-01-01T07:00:00Z')
  await database.query.updateTable('carillon_jobs').set({ next_run_at: stored }).execute()
  const same = await createTestScheduler(t, { ...overDays, db: database, zoneData: '2025a' })
  await same.clock.advance(0)
  t.equal(same.events('job_recomputed').length, 0)
  await same.scheduler.stop({ graceMs: 0 })
  const newer = await createTestScheduler(t, { ...overDays, db: database, zoneData: '2026a' })
  await newer.clock.advance(0)
  const after = Date.parse('2026-01-01T08:00:00Z')
  t.strictSame(newer.events('job_recomputed'), [{ job_id: id, before: stored, after }])
  t.equal((await newer.scheduler.getJob(id)).next_run_at, '2026-01-01T08:00:00.000Z')
})
