import type { Kysely } from 'kysely'
import { test as plainTest, type Test } from 'tap'
import type { RunHour } from '../../src/domain/run-hours.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { createTestApp } from '../helpers/app.ts'
import { createGate } from '../helpers/gate.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabase, createTestScheduler, overDays } from '../helpers/scheduler.ts'
import { plainText, watchDatabase } from '../helpers/watched-database.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-01-01T00:00:00Z')
const work = { type: 'handler', name: 'work' } as const
const yearly = { name: 'a', schedule: '@yearly', target: work } as const
const NOTHING = { succeeded: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 }

/** The hours in which something ended, by when they began. */
async function ends(scheduler: Scheduler, hours = 24): Promise<Record<string, Partial<RunHour>>> {
  const all = await scheduler.listRunHours({ hours })
  const told = all.map(({ from, ...counts }) => [
    from.slice(11, 16),
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
  ])
  return Object.fromEntries(told.filter(([, counts]) => Object.keys(counts ?? {}).length > 0))
}

test('every hour is told, the oldest first, with what became of what was due in it', async (t) => {
  const clock = createManualClock(START + 0.5 * HOUR)
  const { scheduler } = await createTestScheduler(t, { clock, ...overDays })
  scheduler.handle('work', () => undefined)
  scheduler.handle('broken', () => Promise.reject(new Error('no')))
  const target = { type: 'handler', name: 'broken' } as const
  await scheduler.createJob({ name: 'a', repeat_interval: '20m', target: work })
  await scheduler.createJob({ name: 'b', repeat_interval: '1h', target })
  await clock.advance(2 * HOUR + 50)
  t.strictSame(await scheduler.listRunHours({ hours: 4 }), [
    { from: '2025-12-31T23:00:00.000Z', ...NOTHING },
    { from: '2026-01-01T00:00:00.000Z', ...NOTHING, succeeded: 1 },
    { from: '2026-01-01T01:00:00.000Z', ...NOTHING, succeeded: 3, failed: 1 },
    { from: '2026-01-01T02:00:00.000Z', ...NOTHING, succeeded: 2, failed: 1 }
  ])
  t.equal((await scheduler.listRunHours()).length, 24)
  t.equal((await scheduler.listRunHours({ hours: 168 }))[0]?.from, '2025-12-25T03:00:00.000Z')
})

test('a run counts in the hour in which it was due, whenever it ends, and moves when it is retried', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  const calls = createGate(scheduler, 'work', { obeys: true })
  const { id } = await scheduler.createJob({ ...yearly, timeout: '5h' })
  const run = await scheduler.run(id)
  await clock.advance(3 * HOUR)
  t.strictSame(await ends(scheduler), {}, 'it is not over')
  calls.at(-1)?.reject(new Error('no'))
  await clock.advance(50)
  t.strictSame(await ends(scheduler), { '00:00': { failed: 1 } })
  await scheduler.retryRun(run.id)
  t.strictSame(await ends(scheduler), {}, 'it is not over again')
  await clock.advance(50)
  calls.at(-1)?.resolve()
  await clock.advance(50)
  t.strictSame(await ends(scheduler), { '00:00': { succeeded: 1 } })
  t.equal((await scheduler.listRuns({ filter: { state: 'succeeded' } })).length, 1)
})

test('missed occurrences all count, in the hour of the first of their record', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { ...overDays, start: false })
  scheduler.handle('work', () => undefined)
  await scheduler.createJob({
    name: 'a',
    repeat_interval: '1m',
    target: work,
    misfire: 'skip'
  })
  clock.jumpTo(clock.now() + 3.5 * HOUR + 30_000)
  await scheduler.start()
  await clock.advance(30_000)
  const records = await scheduler.listRuns({ filter: { state: 'missed' }, limit: 1_000 })
  const [range] = records.filter(({ count }) => count > 1)
  t.match(range, { from: '2026-01-01T00:01:00.000Z', to: /T01:/ }, 'of two hours')
  const last = records.length - 1
  const { '00:00': first, ...others } = await ends(scheduler)
  t.strictSame(first, { missed: range?.count })
  const later = Object.values(others).reduce((sum, { missed = 0 }) => sum + missed, 0)
  t.equal(later, last)
})

test('what is undone was never counted, and what is done twice is counted once', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t, overDays)
  createGate(scheduler, 'work', { obeys: true })
  const queue = await scheduler.createJob({ ...yearly, overlap: 'queue_all' })
  for (let times = 0; times < 3; times++) await scheduler.run(queue.id)
  await scheduler.dryRun.deleteJob(queue.id, { running: 'cancel' })
  const failed = scheduler.together(async (operations) => {
    await operations.deleteJob(queue.id)
    throw new Error('undone')
  })
  await t.rejects(failed, /undone/)
  t.strictSame(await ends(scheduler), {})
  await scheduler.deleteJob(queue.id)
  await clock.advance(50)
  t.strictSame(await ends(scheduler), { '00:00': { cancelled: 3 } })
  const rows = await database.query.selectFrom('carillon_run_counts').selectAll().execute()
  t.strictSame(
    rows.toSorted((a, b) => a.replica - b.replica).map((row) => [row.replica, row.occurrences]),
    [
      [0, 2],
      [1, 1]
    ],
    'by whom they were ended'
  )
})

test('a transaction of an application counts in rows of its own, for which nobody waits', async (t) => {
  const { scheduler, database } = await createTestScheduler(t, { ...overDays, start: false })
  const queue = await scheduler.createJob({ ...yearly, overlap: 'queue_all' })
  const other = await scheduler.createJob({ ...yearly, overlap: 'queue_all' })
  for (const { id } of [queue, queue, other]) await scheduler.run(id)
  const foreign = (trx: object) => trx as Kysely<unknown> & { isTransaction: true }
  await database.query.transaction().execute(async (trx) => {
    await scheduler.withTransaction(foreign(trx)).deleteJob(queue.id)
    // With one connection, others wait for the whole transaction anyway.
    if (database.dialect.isShared) await scheduler.deleteJob(other.id)
  })
  const expected = database.dialect.isShared ? 3 : 2
  t.strictSame(await ends(scheduler), { '00:00': { cancelled: expected } })
})

test('a batch of ends costs one statement', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { scheduler, clock } = await createTestScheduler(t, { db: watch.database, ...overDays })
  scheduler.handle('work', () => undefined)
  for (let index = 0; index < 20; index++) {
    await scheduler.createJob({ name: 'a', repeat_interval: '1m', target: work })
  }
  const counting: string[] = []
  watch.onStatement = (statement) => {
    if (/^ ?insert into carillon_run_counts/.test(plainText(statement))) counting.push(statement)
  }
  await clock.advance(60_050)
  t.strictSame(await ends(scheduler), { '00:00': { succeeded: 20 } })
  t.equal(counting.length, 1)
})

test('counts are kept a day longer than they can be asked for', async (t) => {
  const clock = createManualClock(START)
  const { scheduler, database } = await createTestScheduler(t, {
    ...overDays,
    leaseMs: 150_000,
    heartbeatMs: 50_000,
    clock
  })
  const { query } = database
  const before = (hours: number) => ({
    hour: START - hours * HOUR,
    replica: 0,
    outcome: 'failed' as const,
    occurrences: 1
  })
  await query.insertInto('carillon_run_counts').values([191, 192, 200].map(before)).execute()
  await clock.advance(160_000)
  const hours = await query.selectFrom('carillon_run_counts').select('hour').execute()
  t.strictSame(hours, [{ hour: START - 191 * HOUR }])
  t.strictSame(await ends(scheduler, 168), {})
})

test('replicas that count the same hour for the first time, and at once, lose nothing', async (t) => {
  const database = await createTestDatabase(t)
  const schedulers: Scheduler[] = []
  for (const name of ['one', 'two', 'three']) {
    const identity = { name, host: name, pid: 1, version: '0.0.0' }
    const { scheduler } = await createTestScheduler(t, { db: database, identity, start: false })
    schedulers.push(scheduler)
  }
  const [first] = schedulers
  if (first === undefined) throw new Error('There are three of them.')
  const ids: number[] = []
  for (let index = 0; index < 30; index++) {
    const { id } = await first.createJob({ ...yearly, overlap: 'queue_all' })
    await first.run(id)
    ids.push(id)
  }
  await Promise.all(ids.map(async (id, index) => schedulers[index % 3]?.deleteJob(id)))
  t.strictSame(await ends(first), { '00:00': { cancelled: 30 } })
})

void plainTest(
  'GET /runs/hourly answers with what the scheduler says, within bounds',
  async (t: Test) => {
    const { request } = await createTestApp(t)
    const { status, body } = await request('GET /runs/hourly')
    t.equal(status, 200)
    t.equal((body as RunHour[]).length, 24)
    for (const [query, detail] of [
      ['hours=0', /"hours".*1/],
      ['hours=169', /"hours".*168/],
      ['hours=2.5', /"hours"/],
      ['hours=day', /"hours"/],
      ['days=1', /"days" is not a known/]
    ] as const) {
      const refused = await request(`GET /runs/hourly?${query}`)
      t.match(refused, { status: 400, body: { code: 'validation_failed', detail } }, query)
    }
  }
)

void plainTest('an application that asks for too much is told so, too', async (t: Test) => {
  const { scheduler } = await createTestScheduler(t, { start: false })
  for (const hours of [0, 169, 1.5, NaN]) {
    await t.rejects(scheduler.listRunHours({ hours }), {
      code: 'validation_failed',
      message: /"hours" is .*, but must be a whole number between 1 and 168\./
    })
  }
})
