import type { JobPatch } from '../../src/domain/job.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler, overDays, type TestScheduler } from '../helpers/scheduler.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.parse('2026-01-01T00:00:00Z')

async function ran({ scheduler }: TestScheduler, jobId: number): Promise<string[]> {
  const runs = await scheduler.listRuns({ filter: { jobId }, limit: 1_000 })
  return runs.toReversed().map(({ scheduled_for: at, state, job_version: version }) => {
    return `${at.slice(11, 23).replace(/:00\.000$/, '')} v${version} ${state}`
  })
}

/** An hourly job, due at 01:00, changed so long before or after it, and what it runs until 03:10. */
const EDITS: [offsetMs: number, patch: JobPatch, runs: string[]][] = [
  // To the same instants: none is lost, none is doubled.
  [-1, { schedule: '0 */1 * * *' }, ['01:00 v2', '02:00 v2', '03:00 v2']],
  [0, { schedule: '0 */1 * * *' }, ['01:00 v1', '02:00 v2', '03:00 v2']],
  [1, { schedule: '0 */1 * * *' }, ['01:00 v1', '02:00 v2', '03:00 v2']],
  // To instants that lie before the change as well.
  [-1, { schedule: '*/30 * * * *' }, ['01:00 v2', '01:30 v2', '02:00 v2', '02:30 v2', '03:00 v2']],
  [0, { schedule: '*/30 * * * *' }, ['01:00 v1', '01:30 v2', '02:00 v2', '02:30 v2', '03:00 v2']],
  [1, { schedule: '*/30 * * * *' }, ['01:00 v1', '01:30 v2', '02:00 v2', '02:30 v2', '03:00 v2']],
  // Away from the instant that is due.
  [-1, { schedule: '5 * * * *' }, ['01:05 v2', '02:05 v2', '03:05 v2']],
  [0, { schedule: '5 * * * *' }, ['01:00 v1', '01:05 v2', '02:05 v2', '03:05 v2']],
  [1, { schedule: '5 * * * *' }, ['01:00 v1', '01:05 v2', '02:05 v2', '03:05 v2']],
  // To a grid whose start lies in the past: no burst of what it would have run since.
  [
    1,
    { schedule: null, repeat_interval: '1h', start_date: '2020-01-01T00:50:00Z' },
    ['01:00 v1', '01:50 v2', '02:50 v2']
  ],
  // To another zone, in which the same hours are other instants.
  [0, { schedule: '30 6 * * *', timezone: 'Asia/Kolkata' }, ['01:00 v1']],
  [-1, { schedule: '30 6 * * *', timezone: 'Asia/Kolkata' }, ['01:00 v2']],
  // A change that has nothing to do with the schedule leaves it where it is.
  [-1, { name: 'renamed' }, ['01:00 v2', '02:00 v2', '03:00 v2']],
  [0, { name: 'renamed' }, ['01:00 v1', '02:00 v2', '03:00 v2']],
  [1, { name: 'renamed' }, ['01:00 v1', '02:00 v2', '03:00 v2']]
]

for (const [offsetMs, patch, expected] of EDITS) {
  test(`an edit ${offsetMs} ms from the due instant: ${JSON.stringify(patch)}`, async (t) => {
    const parts = await createTestScheduler(t, overDays)
    const { scheduler, clock } = parts
    const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
    await clock.advance(HOUR + Math.min(offsetMs, -1))
    // Nothing that is due has been looked at when the edit comes.
    clock.jumpTo(START + HOUR + offsetMs)
    const job = await scheduler.updateJob(id, patch)
    t.ok(Date.parse(job.next_run_at ?? '') > clock.now())
    await clock.advance(130 * MINUTE - offsetMs)
    t.strictSame(
      await ran(parts, id),
      expected.map((run) => `${run} succeeded`)
    )
  })
}

test('an edit long after the due instant leaves what was missed to the old definition', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  clock.jumpTo(START + 150 * MINUTE)
  await scheduler.updateJob(id, { schedule: '*/10 * * * *' })
  await clock.advance(11 * MINUTE)
  t.strictSame(await ran(parts, id), [
    '01:00 v1 missed',
    '02:00 v1 succeeded',
    '02:40 v2 succeeded'
  ])
})

test('several edits at the due instant record it once, whichever comes last', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  clock.jumpTo(START + HOUR)
  await Promise.all([
    scheduler.updateJob(id, { schedule: '*/30 * * * *' }),
    scheduler.updateJob(id, { schedule: '0 * * * *' }),
    scheduler.updateJob(id, { name: 'again' })
  ])
  const { schedule, version } = await scheduler.getJob(id)
  await clock.advance(HOUR + 1_000)
  t.strictSame(await ran(parts, id), [
    '01:00 v1 succeeded',
    ...(schedule === '*/30 * * * *' ? [`01:30 v${version} succeeded`] : []),
    `02:00 v${version} succeeded`
  ])
})

test('an edit that had to wait for the database counts from when it was its turn', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock, database } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  clock.jumpTo(START + HOUR - 1)
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const other = database.query.transaction().execute(() => held)
  const edit = scheduler.updateJob(id, { schedule: '0,30 * * * *' })
  clock.jumpTo(START + 2 * HOUR)
  release()
  await other
  t.equal((await edit).next_run_at, '2026-01-01T02:30:00.000Z')
  await clock.advance(31 * MINUTE)
  t.strictSame(await ran(parts, id), [
    '01:00 v1 missed',
    '02:00 v1 succeeded',
    '02:30 v2 succeeded'
  ])
})

test('a paused job that is edited stays paused, and then goes on after now', async (t) => {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await scheduler.pause(id)
  await clock.advance(90 * MINUTE)
  t.match(await scheduler.updateJob(id, { schedule: '*/20 * * * *' }), { next_run_at: null })
  t.equal((await scheduler.resume(id)).next_run_at, '2026-01-01T01:40:00.000Z')
  await clock.advance(11 * MINUTE)
  t.strictSame(await ran(parts, id), ['01:40 v2 succeeded'])
})
