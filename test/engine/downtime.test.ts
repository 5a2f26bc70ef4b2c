import type { Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { MISFIRE_POLICIES } from '../../src/domain/misfire.ts'
import { OVERLAP_POLICIES } from '../../src/domain/overlap.ts'
import { insertRuns } from '../../src/store/insert-runs.ts'
import { ledgerFaults } from '../helpers/ledger.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { Random } from '../helpers/random.ts'
import { newRun } from '../helpers/rows.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.parse('2026-01-01T00:00:00Z')

/** Runs a job for ten seconds, stops, lets time pass, and starts again on the same database. */
async function downFor(t: Test, ms: number, input: JobInput) {
  const clock = createManualClock(START)
  const database = await createTestDatabase(t)
  const before = await createTestScheduler(t, { db: database, clock })
  const { id } = await before.scheduler.createJob(input)
  await clock.advance(10_500)
  const stopped = before.scheduler.stop()
  await clock.advance(100)
  await stopped
  clock.jumpTo(START + ms)
  const after = await createTestScheduler(t, { db: database, clock })
  await clock.advance(900)
  return { ...after, id, clock }
}

test('every occurrence of a downtime has exactly one record, under every policy', async (t) => {
  for (const misfire of MISFIRE_POLICIES) {
    for (const downtime of [10 * MINUTE + 30_000, 3 * HOUR, 2 * DAY + 5 * MINUTE + 1]) {
      const job = { name: 'a', repeat_interval: '10m', misfire, overlap: 'allow' } as const
      const { scheduler, id } = await downFor(t, downtime, { ...job, misfire_window: '1h' })
      const runs = await runsOf(scheduler, id)
      const last = START + Math.floor(downtime / (10 * MINUTE)) * 10 * MINUTE
      const what = `${misfire}, ${downtime} ms`
      t.strictSame(
        ledgerFaults(runs, { first: START + 10 * MINUTE, last, everyMs: 10 * MINUTE }),
        [],
        what
      )
      const ran = runs.filter((run) => run.state === 'succeeded').length
      const onTime = downtime % (10 * MINUTE) <= MINUTE ? 1 : 0
      const most = { latest: 1, all: 7, skip: onTime }[misfire]
      t.ok(ran <= most && ran >= (misfire === 'skip' ? onTime : 1), `${what}: ${ran} ran`)
      t.equal((await scheduler.getJob(id)).next_run_at, new Date(last + 10 * MINUTE).toISOString())
    }
  }
})

test('a job of every second that was down for five days has its ledger in ranges', async (t) => {
  const { scheduler, id, clock } = await downFor(t, 5 * DAY, { name: 'a', repeat_interval: '1s' })
  const runs = await runsOf(scheduler, id)
  t.strictSame(
    ledgerFaults(runs, { first: START + 1_000, last: clock.now() - 900, everyMs: 1_000 }),
    []
  )
  t.ok(runs.length < 300, `${runs.length} records for 432,000 occurrences`)
  const range = runs.find((run) => run.count > 1)
  t.hasStrict(range, { state: 'missed', reason: 'expired', from: range?.scheduled_for, attempt: 0 })
  t.equal(range?.lateness_ms, null)
})

test('what is caught up says so; what was missed says why, and is told', async (t) => {
  const { scheduler, id, events } = await downFor(t, 3 * HOUR + 5 * MINUTE, {
    name: 'a',
    repeat_interval: '1h',
    misfire_window: '90m'
  })
  t.strictSame(await statesOf(scheduler, id), ['missed expired', 'missed coalesced', 'succeeded'])
  t.strictSame(
    (await runsOf(scheduler, id)).map((run) => run.cause),
    ['schedule', 'schedule', 'catch_up']
  )
  const told = events('occurrences_not_run').map(({ reason, count }) => [reason, count])
  t.strictSame(told, [
    ['expired', 1],
    ['coalesced', 1]
  ])
})

test('a one-shot that was missed runs within a day, and else is recorded as missed', async (t) => {
  const once = { name: 'a', start_date: '2026-01-01T01:00:00Z' }
  const within = await downFor(t, 20 * HOUR, once)
  t.strictSame(await statesOf(within.scheduler, within.id), ['succeeded'])
  const later = await downFor(t, 26 * HOUR, once)
  t.strictSame(await statesOf(later.scheduler, later.id), ['missed expired'])
  t.equal((await later.scheduler.getJob(later.id)).state, 'finished')
})

test('through stops, crashes and jumps of the clock no occurrence is lost or doubled', async (t) => {
  const random = new Random(3)
  for (let round = 0; round < 8; round++) {
    const database = await createTestDatabase(t)
    const everyMs = random.pick([1_000, 7_000, MINUTE])
    const input: JobInput = {
      name: 'a',
      repeat_interval: `${everyMs}ms`,
      misfire: random.pick(MISFIRE_POLICIES),
      overlap: random.pick(OVERLAP_POLICIES)
    }
    let at = START
    let last: Awaited<ReturnType<typeof createTestScheduler>> | null = null
    for (let life = 0; life < 5; life++) {
      const clock = createManualClock(at)
      last = await createTestScheduler(t, { db: database, clock })
      if (life === 0) await last.scheduler.createJob(input)
      await clock.advance(random.integer(0, 10_000))
      clock.jumpTo(clock.now() + random.pick([0, -5_000, 45_000, HOUR]))
      await clock.advance(random.integer(0, 10_000))
      if (random.fraction() < 0.5) {
        const stopped = last.scheduler.stop()
        await clock.advance(1_000)
        await stopped
      }
      // Else it crashed: its clock does not go on.
      at = Math.max(at, clock.now()) + random.pick([0, 500, 30_000, 3 * HOUR])
    }
    const heir = await createTestScheduler(t, {
      db: database,
      clock: createManualClock(at + MINUTE)
    })
    await heir.clock.advance(15_000)
    const runs = await runsOf(heir.scheduler, 1)
    const next = Date.parse((await heir.scheduler.getJob(1)).next_run_at ?? '')
    t.ok(next > heir.clock.now() - 1_000)
    const faults = ledgerFaults(runs, { first: START + everyMs, last: next - everyMs, everyMs })
    t.strictSame(faults, [], `round ${round}: ${JSON.stringify(input)}`)
    const unfinished = runs.filter((run) => run.state === 'running' || run.state === 'pending')
    t.ok(unfinished.length <= 1, 'and every run comes to an end')
  }
})

test('never early, even when timers are', async (t) => {
  const base = createManualClock(START)
  const early = {
    ...base,
    setTimer: (callback: () => void, delayMs: number) =>
      base.setTimer(callback, delayMs > 1 ? delayMs - 1 : delayMs)
  }
  const { scheduler } = await createTestScheduler(t, { clock: early })
  const startedAt: [scheduledFor: number, now: number][] = []
  scheduler.handle('work', ({ run }) => startedAt.push([run.scheduledFor, base.now()]))
  const target = { type: 'handler', name: 'work' } as const
  await scheduler.createJob({ name: 'a', repeat_interval: '1s', target })
  await scheduler.createJob({ name: 'b', repeat_interval: '1s337ms', target })
  await scheduler.createJob({ name: 'c', schedule: '*/2 * * * * *', target })
  await base.advance(60_000)
  t.ok(startedAt.length >= 60 + 44 + 30)
  for (const [scheduledFor, now] of startedAt) {
    if (now < scheduledFor) t.fail(`started ${scheduledFor - now} ms early`)
    if (now > scheduledFor + 1) t.fail(`started ${now - scheduledFor} ms late`)
  }
})

test('a clock that is set back or forward neither doubles nor loses an occurrence', async (t) => {
  for (const jump of [-30_000, -2 * MINUTE, 25_000, 3 * HOUR]) {
    const { scheduler, clock } = await createTestScheduler(t)
    const job = { name: 'a', repeat_interval: '10s', misfire: 'all', overlap: 'allow' } as const
    const { id } = await scheduler.createJob(job)
    await clock.advance(65_000)
    clock.jumpTo(clock.now() + jump)
    await clock.advance(Math.max(0, -jump) + 40_000)
    const runs = await runsOf(scheduler, id)
    const last = Math.floor(clock.now() / 10_000) * 10_000
    const faults = ledgerFaults(runs, { first: START + 10_000, last, everyMs: 10_000 })
    t.strictSame(faults, [], `by ${jump} ms`)
  }
})

test('a clock that is set back leaves the lease renewed', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', repeat_interval: '1s' })
  await clock.advance(20_000)
  clock.jumpTo(clock.now() - HOUR)
  await clock.advance(2_000)
  const [replica] = await database.query.selectFrom('carillon_replicas').selectAll().execute()
  t.ok(Math.abs((replica?.expires_at ?? 0) - clock.now() - 30_000) <= 2_000)
})

test('an occurrence keeps its one record, whoever inserts it again', async (t) => {
  const database = await createTestDatabase(t)
  const run = newRun(1, { scheduledFor: START })
  const by = { now: START, replica: 1 }
  t.equal((await insertRuns(database, [run], by)).length, 1)
  t.strictSame(await insertRuns(database, [run], by), [])
  t.strictSame(await insertRuns(database, [{ ...run, state: 'running' }], by), [])
  t.strictSame(await insertRuns(database, [{ ...run, cause: 'catch_up', state: 'missed' }], by), [])
  t.equal(
    (await insertRuns(database, [{ ...run, jobId: 2 }, run, { ...run, seq: 7 }], by)).length,
    2
  )
  const rows = await database.query
    .selectFrom('carillon_runs')
    .select(['state', 'job_id'])
    .execute()
  t.strictSame(
    rows.map((row) => row.state),
    ['pending', 'pending', 'pending']
  )
})
