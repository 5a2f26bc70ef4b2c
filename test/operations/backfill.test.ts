import { test } from 'tap'
import { OVERLAP_POLICIES } from '../../src/domain/overlap.ts'
import { createTestApi } from '../helpers/api.ts'
import { createTestScheduler, overDays, type TestScheduler } from '../helpers/scheduler.ts'

const HOUR = 3_600_000
const day = (time: string): string => `2025-12-31T${time}:00Z`

async function backfills({ scheduler }: TestScheduler, jobId: number) {
  const runs = await scheduler.listRuns({ filter: { jobId, cause: 'backfill' }, limit: 1_000 })
  return runs.toReversed()
}

for (const overlap of OVERLAP_POLICIES.filter((policy) => policy !== 'allow')) {
  test(`under "${overlap}" backfilled occurrences take turns, the oldest first`, async (t) => {
    const parts = await createTestScheduler(t, overDays)
    const { scheduler, clock } = parts
    const going: string[] = []
    const ended: string[] = []
    scheduler.handle('slow', async ({ run }) => {
      going.push(new Date(run.scheduledFor).toISOString())
      t.equal(going.length - ended.length, 1)
      await new Promise<void>((resolve) => clock.setTimer(resolve, 1_000))
      ended.push('ended')
    })
    const { id } = await scheduler.createJob({
      name: 'slow',
      schedule: '0 * * * *',
      overlap,
      target: { type: 'handler', name: 'slow' }
    })
    await scheduler.backfill(id, { from: day('05:00'), to: day('08:00') })
    await clock.advance(10_000)
    t.strictSame(
      going.map((at) => at.slice(11, 13)),
      ['05', '06', '07', '08']
    )
    t.ok((await backfills(parts, id)).every((run) => run.state === 'succeeded'))
  })
}

test('under "allow" they all start', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  scheduler.handle('slow', () => new Promise<void>((resolve) => clock.setTimer(resolve, HOUR)))
  const { id } = await scheduler.createJob({
    name: 'slow',
    schedule: '0 * * * *',
    overlap: 'allow',
    target: { type: 'handler', name: 'slow' }
  })
  await scheduler.backfill(id, { from: day('05:00'), to: day('08:00') })
  await clock.advance(1_000)
  t.equal((await scheduler.getJob(id)).running, 4)
  await clock.advance(2 * HOUR)
})

test('a backfill that is repeated or overlaps another runs nothing twice', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  const first = await scheduler.backfill(id, { from: day('05:00'), to: day('07:00') })
  t.match(first, { dry_run: false, created: 3, existing: 0, excluded: 0 })
  t.strictSame(first.occurrences, [
    '2025-12-31T05:00:00.000Z',
    '2025-12-31T06:00:00.000Z',
    '2025-12-31T07:00:00.000Z'
  ])
  await clock.advance(1_000)
  const again = await scheduler.backfill(id, { from: day('04:30'), to: day('08:30') })
  t.match(again, { created: 1, existing: 3 })
  await clock.advance(1_000)
  const runs = await backfills(parts, id)
  t.strictSame(
    runs.map(({ state, scheduled_for: at }) => `${at.slice(11, 13)} ${state}`),
    ['05 succeeded', '06 succeeded', '07 succeeded', '08 succeeded']
  )
})

test('a dry run says what would run, and runs nothing', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { id } = await parts.scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  const request = { from: day('05:00'), to: day('07:00'), dry_run: true }
  const dry = await parts.scheduler.backfill(id, request)
  t.match(dry, { dry_run: true, created: 3, existing: 0, occurrences: [/T05/, /T06/, /T07/] })
  await parts.clock.advance(1_000)
  t.strictSame(await backfills(parts, id), [])
  t.strictSame(await parts.scheduler.backfill(id, request), dry)
})

test('excluded occurrences are left out, and both ends belong to it', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { id } = await parts.scheduler.createJob({
    name: 'hourly',
    schedule: '0 * * * *',
    exclude: [{ from: day('06:00'), to: day('07:00') }]
  })
  const backfill = await parts.scheduler.backfill(id, { from: day('05:00'), to: day('07:00') })
  t.match(backfill, { created: 2, excluded: 1, occurrences: [/T05/, /T07/] })
})

test('paused and finished jobs may be backfilled, and stay as they are', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const paused = await scheduler.createJob({ name: 'paused', schedule: '0 * * * *' })
  await scheduler.pause(paused.id)
  const ends = { name: 'ends', schedule: '0 * * * *', max_runs: 1 }
  const finished = await scheduler.createJob(ends)
  await clock.advance(2 * HOUR)
  for (const { id } of [paused, finished]) {
    await scheduler.backfill(id, { from: day('05:00'), to: day('06:00') })
    await clock.advance(1_000)
    t.match(await backfills(parts, id), [{ state: 'succeeded' }, { state: 'succeeded' }])
  }
  t.match(await scheduler.getJob(paused.id), { state: 'paused', next_run_at: null })
  t.match(await scheduler.getJob(finished.id), { state: 'finished', scheduled_runs: 1 })
})

for (const overlap of ['queue_one', 'queue_all'] as const) {
  test(`under "${overlap}" what is due now goes before the rest of a backfill`, async (t) => {
    const parts = await createTestScheduler(t, overDays)
    const { scheduler, clock } = parts
    const order: string[] = []
    scheduler.handle('slow', async ({ run }) => {
      order.push(`${run.cause} ${new Date(run.scheduledFor).toISOString().slice(11, 13)}`)
      await new Promise<void>((resolve) => clock.setTimer(resolve, 2_000))
    })
    await clock.advance(HOUR - 1_000)
    const { id } = await scheduler.createJob({
      name: 'slow',
      schedule: '0 * * * *',
      overlap,
      target: { type: 'handler', name: 'slow' }
    })
    await scheduler.backfill(id, { from: day('05:00'), to: day('07:00') })
    await clock.advance(15_000)
    t.strictSame(order, ['backfill 05', 'schedule 01', 'backfill 06', 'backfill 07'])
  })
}

test('more than a hundred may wait, and they leave room for what is due', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  scheduler.handle('slow', () => new Promise<void>((resolve) => clock.setTimer(resolve, 60_000)))
  const { id } = await scheduler.createJob({
    name: 'slow',
    schedule: '* * * * *',
    overlap: 'queue_all',
    target: { type: 'handler', name: 'slow' }
  })
  const filled = await scheduler.backfill(id, { from: day('05:00'), to: day('07:59') })
  t.equal(filled.created, 180)
  const run = await scheduler.run(id)
  t.match(run, { state: 'pending', cause: 'manual' })
  const waiting = await backfills(parts, id)
  t.equal(waiting.filter(({ state }) => state === 'pending' || state === 'running').length, 180)
})

test('a stretch that is refused says why, and what to do', async (t) => {
  const { send } = await createTestApi(t)
  const { body: job } = await send('POST', '/jobs', { name: 'often', schedule: '* * * * *' })
  const url = `/jobs/${job.id}/backfill`
  const refused = [
    [{ from: day('05:00'), to: day('05:00') }, '/from', /not before "to"/],
    [{ from: day('05:00'), to: day('04:00') }, '/from', /not before "to"/],
    [{ from: day('05:00'), to: '2026-01-01T00:00:01Z' }, '/to', /later than now, 2026-01-01/],
    [{ from: 'monday', to: day('05:00') }, '/from', /RFC 3339/],
    [
      { from: day('00:00'), to: day('16:40') },
      '/to',
      /1001 occurrences .* at most 1000; begin with "to": "2025-12-31T16:39:00.000Z"/
    ],
    [{ from: day('05:00') }, '/to', /missing/]
  ] as const
  for (const [body, pointer, detail] of refused) {
    const answer = await send('POST', url, body)
    t.match(answer, { status: 400, body: { detail, errors: [{ pointer }] } })
  }
  const most = await send('POST', url, { from: day('00:00'), to: day('16:39'), dry_run: true })
  t.match(most, { status: 200, body: { dry_run: true, created: 1_000 } })
  const done = await send('POST', url, { from: day('00:00'), to: day('00:01') })
  t.match(done, { status: 202, body: { dry_run: false, created: 2 } })
  t.equal(
    (await send('POST', '/jobs/9/backfill', { from: day('00:00'), to: day('00:01') })).status,
    404
  )
})

test('a backfilled run is tried again however old its occurrence is', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  let calls = 0
  scheduler.handle('flaky', () => {
    calls++
    if (calls === 1) throw new Error('not yet')
  })
  const { id } = await scheduler.createJob({
    name: 'flaky',
    schedule: '0 * * * *',
    target: { type: 'handler', name: 'flaky' },
    retry: { max_attempts: 2, max_age: '10m' }
  })
  await scheduler.backfill(id, { from: day('05:00'), to: day('05:30') })
  await clock.advance(60_000)
  t.match(await backfills(parts, id), [{ state: 'succeeded', attempt: 2 }])
})

test('backfilled runs stay for the time of retention, whatever the job has run since', async (t) => {
  const parts = await createTestScheduler(t, {
    ...overDays,
    leaseMs: 5 * HOUR,
    heartbeatMs: HOUR,
    pollMs: HOUR,
    retention: { ageMs: 24 * HOUR, perJob: 3 }
  })
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await clock.advance(5 * HOUR)
  await scheduler.backfill(id, { from: day('05:00'), to: day('08:00') })
  // New occurrences make older ones a surplus.
  await clock.advance(3.5 * HOUR)
  t.equal((await backfills(parts, id)).length, 4)
  t.equal((await scheduler.listRuns({ filter: { jobId: id, cause: 'schedule' } })).length, 3)
})

test('what was missed and then backfilled is explained with both', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await scheduler.skip(id, 1)
  await clock.advance(HOUR)
  await scheduler.backfill(id, { from: '2026-01-01T00:30:00Z', to: '2026-01-01T01:00:00Z' })
  await clock.advance(1_000)
  const explained = await scheduler.explain(id, '2026-01-01T01:00:00Z')
  t.match(explained, { outcome: 'succeeded', occurrence: true, run: { cause: 'backfill' } })
  t.match(explained.sentence, /was skipped, .* A backfill of .* succeeded/)
})
