import type { JobInput } from '../../src/domain/job.ts'
import { createTestApi } from '../helpers/api.ts'
import { test } from '../helpers/on-every-database.ts'
import { Random } from '../helpers/random.ts'
import { createTestScheduler, overDays, type TestScheduler } from '../helpers/scheduler.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const day = (time: string): string => `2026-01-01T${time}:00Z`

async function outcomes({ scheduler }: TestScheduler, id: number, times: readonly string[]) {
  const found: string[] = []
  for (const time of times) {
    const { outcome, run } = await scheduler.explain(id, day(time))
    found.push(`${time} ${outcome}${run?.reason == null ? '' : ` ${run.reason}`}`)
  }
  return found
}

test('a day in the life of a job is explained hour by hour', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  let fails = false
  scheduler.handle('work', () => {
    if (fails) throw new Error('The disk is full')
  })
  await clock.advance(30 * MINUTE)
  const { id } = await scheduler.createJob({
    name: 'hourly',
    schedule: '0 * * * *',
    exclude: [{ from: day('03:00'), to: day('04:00') }],
    target: { type: 'handler', name: 'work' }
  })
  await clock.advance(HOUR)
  fails = true
  await clock.advance(HOUR)
  fails = false
  await clock.advance(HOUR)
  await scheduler.skip(id, 1)
  await clock.advance(HOUR)
  await scheduler.pause(id, { reason: 'Maintenance' })
  await clock.advance(HOUR)
  await scheduler.resume(id)
  await clock.advance(HOUR)
  await scheduler.updateJob(id, { schedule: '30 * * * *' })
  await clock.advance(45 * MINUTE)
  t.strictSame(
    await outcomes(parts, id, [
      '00:00',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
      '05:00',
      '06:00',
      '06:30',
      '07:00',
      '07:15',
      '05:30',
      '07:30',
      '08:00'
    ]),
    [
      '00:00 before_creation',
      '01:00 succeeded',
      '02:00 failed',
      '03:00 skipped excluded',
      '04:00 skipped skip_next',
      '05:00 paused',
      '06:00 succeeded',
      '06:30 edited',
      '07:00 edited',
      '07:15 not_an_occurrence',
      '05:30 edited',
      '07:30 planned',
      '08:00 edited'
    ]
  )
  const failed = await scheduler.explain(id, day('02:00'))
  t.match(failed, { occurrence: true, previous: /T01:00/, next: /T03:00/ })
  t.match(failed.sentence, /failed after 1 attempt: .*The disk is full\.$/)
  t.match((await scheduler.explain(id, day('05:00'))).sentence, /Reason: Maintenance\.$/)
})

test('what a downtime left out is found inside its range, and so is what was made up for', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock, database } = parts
  const { id } = await scheduler.createJob({ name: 'often', repeat_interval: '1m' })
  await clock.advance(10 * MINUTE)
  const stopped = scheduler.stop({ graceMs: 0 })
  await clock.advance(15_000)
  await stopped
  clock.jumpTo(Date.parse(day('05:00')))
  t.match(await scheduler.explain(id, day('02:00')), { outcome: 'pending', occurrence: true })
  const again = await createTestScheduler(t, { ...overDays, db: database, clock })
  await clock.advance(MINUTE + 1_000)
  t.strictSame(await outcomes(again, id, ['00:10', '00:11', '02:00', '04:59', '05:00', '05:01']), [
    '00:10 succeeded',
    '00:11 missed expired',
    '02:00 missed expired',
    '04:59 missed coalesced',
    '05:00 succeeded',
    '05:01 succeeded'
  ])
  const inside = await again.scheduler.explain(id, day('02:00'))
  t.match(inside.sentence, /all \d+ occurrences from Thu 1 Jan 2026 00:11 UTC/)
  t.equal((await again.scheduler.explain(id, '2026-01-01T02:00:30Z')).outcome, 'not_an_occurrence')
})

test('a pause that ends by itself, one that is caught up, and one still on', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({
    name: 'hourly',
    repeat_interval: '1h',
    misfire: 'all',
    misfire_window: '7d'
  })
  await scheduler.pause(id, { until: day('02:00') })
  await clock.advance(2 * HOUR)
  await scheduler.pause(id)
  await clock.advance(2 * HOUR)
  await scheduler.resume(id, { catch_up: true })
  await clock.advance(30 * MINUTE)
  await scheduler.pause(id, { until: day('06:00') })
  t.strictSame(await outcomes(parts, id, ['01:00', '02:00', '03:00', '04:00', '05:00', '06:00']), [
    '01:00 paused',
    '02:00 succeeded',
    '03:00 succeeded',
    '04:00 succeeded',
    '05:00 paused',
    '06:00 planned'
  ])
  t.match((await scheduler.explain(id, day('03:00'))).sentence, /made up for/)
})

test('while all scheduling is paused, what has not begun is said to be held back', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  await clock.advance(30 * MINUTE)
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await clock.advance(HOUR)
  await scheduler.pauseScheduling({ reason: 'Moving house.' })
  await clock.advance(HOUR)
  const said = async (time: string): Promise<string[]> => {
    const { outcome, sentence } = await scheduler.explain(id, day(time))
    return [outcome, sentence]
  }
  const held =
    / But all scheduling is paused, since .*01:30.*: nothing starts until it is resumed\. Reason: Moving house\.$/
  t.match(await said('02:00'), ['pending', held])
  t.match(await said('03:00'), ['planned', held])
  t.match(await said('01:00'), ['succeeded', /succeeded after [^.]*\.$/])
  t.match(await said('01:30'), ['not_an_occurrence', /, and the one after is [^.]*\.$/])
  await scheduler.resumeScheduling()
  t.match(await said('03:00'), ['planned', / is planned\.$/])
})

test('the end of a job: end_date, max_runs, a single date, and deletion', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const make = async (input: Partial<JobInput>): Promise<number> =>
    (await scheduler.createJob({ name: 'ends', ...input })).id
  const dated = await make({ schedule: '0 * * * *', end_date: day('02:30') })
  const counted = await make({ schedule: '0 * * * *', max_runs: 2 })
  const single = await make({ start_date: day('02:00') })
  const deleted = await make({ schedule: '0 * * * *' })
  t.equal((await scheduler.explain(counted, day('03:00'))).outcome, 'planned')
  t.match((await scheduler.explain(counted, day('03:00'))).sentence, /ends after 2 more runs/)
  await clock.advance(150 * MINUTE)
  await scheduler.deleteJob(deleted)
  await clock.advance(2 * HOUR)
  const times = ['01:00', '02:00', '03:00', '06:00']
  t.strictSame(await outcomes(parts, dated, times), [
    '01:00 succeeded',
    '02:00 succeeded',
    '03:00 after_end',
    '06:00 after_end'
  ])
  t.strictSame(await outcomes(parts, counted, times), [
    '01:00 succeeded',
    '02:00 succeeded',
    '03:00 finished',
    '06:00 finished'
  ])
  t.strictSame(await outcomes(parts, single, times), [
    '01:00 before_start',
    '02:00 succeeded',
    '03:00 finished',
    '06:00 finished'
  ])
  t.strictSame(await outcomes(parts, deleted, times), [
    '01:00 succeeded',
    '02:00 succeeded',
    '03:00 deleted',
    '06:00 deleted'
  ])
  await t.rejects(scheduler.explain(99, day('01:00')), { code: 'job_not_found' })
})

test('records past retention are forgotten, and so are definitions', async (t) => {
  const parts = await createTestScheduler(t, {
    ...overDays,
    leaseMs: HOUR,
    heartbeatMs: 10 * MINUTE,
    pollMs: 10 * MINUTE,
    retention: { ageMs: 3 * HOUR, perJob: 1_000 }
  })
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await clock.advance(90 * MINUTE)
  await scheduler.updateJob(id, { schedule: '15 * * * *' })
  await clock.advance(6 * HOUR)
  t.strictSame(await outcomes(parts, id, ['01:00', '02:15', '06:15']), [
    '01:00 forgotten',
    '02:15 forgotten',
    '06:15 succeeded'
  ])
})

test('a run by hand is told of, but is no occurrence', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await clock.advance(30 * MINUTE)
  const run = await scheduler.run(id)
  await clock.advance(1_000)
  const explanation = await scheduler.explain(id, run.scheduled_for)
  t.match(explanation, { outcome: 'not_an_occurrence', occurrence: false, run: { id: run.id } })
})

test('whatever is done to a job, every occurrence of its past is accounted for', async (t) => {
  const random = new Random(20_260_101)
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'restless', schedule: '*/5 * * * *' })
  const deeds = [
    () =>
      scheduler.updateJob(id, {
        schedule: random.pick(['*/5 * * * *', '*/7 * * * *', '3,33 * * * *'])
      }),
    () => scheduler.updateJob(id, { name: `restless ${random.integer(0, 99)}` }),
    () => scheduler.pause(id),
    () => scheduler.pause(id, { until: new Date(clock.now() + 20 * MINUTE).toISOString() }),
    () => scheduler.resume(id),
    () => scheduler.resume(id, { catch_up: true }),
    () => scheduler.skip(id, 2),
    () => scheduler.run(id, { overlap: 'allow' })
  ]
  for (let step = 0; step < 150; step++) {
    await random.pick(deeds)()
    await clock.advance(random.integer(0, 14) * MINUTE)
  }
  const records = new Map(
    (await scheduler.listRuns({ filter: { jobId: id }, limit: 1_000 }))
      .filter(({ cause }) => cause !== 'manual')
      .map((run) => [run.scheduled_for, run])
  )
  const unexplained = new Set<string>()
  for (let at = Date.parse(day('00:01')); at <= clock.now(); at += MINUTE) {
    const { outcome, occurrence, run } = await scheduler.explain(id, new Date(at).toISOString())
    const record = records.get(new Date(at).toISOString())
    const expected = record?.state ?? (occurrence ? 'paused' : outcome)
    if (outcome !== expected || outcome === 'forgotten') unexplained.add(`${at} ${outcome}`)
    if (record !== undefined) t.equal(run?.id, record.id)
  }
  t.strictSame([...unexplained], [])
  t.ok(records.size > 50)
})

test('GET /jobs/:id/explain answers for an instant, and names what is wrong with it', async (t) => {
  const { send } = await createTestApi(t)
  const { body: job } = await send('POST', '/jobs', { name: 'daily', schedule: '0 9 * * *' })
  const answer = await send('GET', `/jobs/${job.id}/explain?at=2026-01-01T09:00:00Z`)
  t.strictSame(answer.body, {
    at: '2026-01-01T09:00:00.000Z',
    outcome: 'planned',
    occurrence: true,
    sentence: 'The occurrence of Thu 1 Jan 2026 09:00 UTC (2026-01-01T09:00:00Z) is planned.',
    previous: null,
    next: '2026-01-02T09:00:00.000Z'
  })
  const wrong = await send('GET', `/jobs/${job.id}/explain?at=9am`)
  t.match(wrong, { status: 400, body: { errors: [{ in: 'query', pointer: '/at' }] } })
  t.equal((await send('GET', `/jobs/${job.id}/explain`)).status, 400)
  t.equal((await send('GET', '/jobs/9/explain?at=2026-01-01T09:00:00Z')).status, 404)
})
