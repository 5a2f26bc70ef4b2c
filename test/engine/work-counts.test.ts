import { sql } from 'kysely'
import type { Test } from 'tap'
import type { SchedulerOptions } from '../../src/scheduler.ts'
import type { Db } from '../../src/store/db.ts'
import { test, testOnServers } from '../helpers/on-every-database.ts'
import { createTestDatabase, createTestScheduler, overDays } from '../helpers/scheduler.ts'
import { until } from '../helpers/until.ts'
import { plainText, watchDatabase } from '../helpers/watched-database.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const JOBS = 100
const SLOTS = 20

/** What a statement writes to: `insert runs`; null for one that only reads. */
function writeOf(statement: string): string | null {
  const found = /^ ?(insert|update|delete)\b.*?\bcarillon_(\w+)/.exec(plainText(statement))
  return found === null ? null : `${found[1]} ${found[2]}`
}

/** A started scheduler whose writes are counted, by what they write to. */
async function createCountedScheduler(t: Test, options: Partial<SchedulerOptions> = {}) {
  const watched = watchDatabase(await createTestDatabase(t))
  const parts = await createTestScheduler(t, {
    db: watched.database,
    maxConcurrentRuns: JOBS,
    ...options
  })
  parts.scheduler.handle('measured', () => undefined)
  const writes: Record<string, number> = {}
  watched.onStatement = (text) => {
    const write = writeOf(text)
    if (write !== null) writes[write] = (writes[write] ?? 0) + 1
  }
  const reset = (): void => {
    for (const name of Object.keys(writes)) delete writes[name]
  }
  return { ...parts, db: watched.database, writes, reset }
}

/** A scheduler whose few slots are all taken, by runs that end when they are told to, while others wait. */
async function createBusyScheduler(t: Test) {
  const watched = watchDatabase(await createTestDatabase(t))
  const claims: string[] = []
  watched.onStatement = (text) => {
    if (plainText(text).includes('attempt = attempt + 1')) claims.push(text)
  }
  const options = { ...overDays, db: watched.database, maxConcurrentRuns: SLOTS }
  const parts = await createTestScheduler(t, options)
  const ends: (() => void)[] = []
  parts.scheduler.handle('measured', () => new Promise<void>((resolve) => ends.push(resolve)))
  const target = { type: 'handler', name: 'measured' } as const
  for (let index = 0; index < JOBS; index++) {
    const job = await parts.scheduler.createJob({ name: 'j', schedule: '@yearly', target })
    await parts.scheduler.run(job.id)
  }
  await until('all slots are taken', async () => {
    await parts.clock.advance(1)
    return ends.length === SLOTS
  })
  return { ...parts, claims, ends }
}

/** Lets many jobs be due at one instant, and waits until all is recorded; nothing else goes on. */
async function runBatch(t: Test) {
  const counted = await createCountedScheduler(t, overDays)
  const { scheduler, clock, reset, events } = counted
  const target = { type: 'handler', name: 'measured' } as const
  for (let index = 0; index < JOBS; index++) {
    const start_date = new Date(START + 60_000).toISOString()
    await scheduler.createJob({ name: 'j', start_date, repeat_interval: '1h', target })
  }
  await clock.advance(59_500)
  const before = await changesOf(counted.db)
  reset()
  await clock.advance(500)
  const settled = () => events('runs_settled').flatMap(({ runs }) => runs).length
  await until('all results', async () => {
    await clock.advance(5)
    return settled() === JOBS
  })
  const after = await changesOf(counted.db)
  return { ...counted, rows: after === null || before === null ? null : after - before }
}

/** Rows written since the database was opened; null but for SQLite, which has one connection. */
async function changesOf({ query, dialect }: Db): Promise<number | null> {
  if (dialect.name !== 'sqlite') return null
  const { rows } = await sql<{ n: number }>`select total_changes() as n`.execute(query)
  return rows[0]?.n ?? 0
}

test('many runs that are due together are recorded by the statements of one, each in four rows', async (t) => {
  const { writes, rows, db } = await runBatch(t)
  const shared = db.dialect.isShared ? { 'insert commits': 2 } : {}
  t.strictSame(writes, {
    'insert runs': 1,
    'update runs': 1,
    // To the next occurrence, and how the last one went.
    'update jobs': 2,
    // What became of the hour.
    'insert run_counts': 1,
    ...shared
  })
  // A run when it starts and when it ends, its job each time.
  if (rows !== null) t.equal(rows, 4 * JOBS + 1)
})

/** Lets jobs be due at one instant for which there are too few slots; what is in them ends together. */
async function runInRounds(t: Test, { jobs, slots }: { jobs: number; slots: number }) {
  const options = { ...overDays, maxConcurrentRuns: slots }
  const { scheduler, clock, writes, reset, events, db } = await createCountedScheduler(t, options)
  const ends: (() => void)[] = []
  scheduler.handle('held', () => new Promise<void>((resolve) => ends.push(resolve)))
  const target = { type: 'handler', name: 'held' } as const
  const start_date = new Date(START + 60_000).toISOString()
  for (let index = 0; index < jobs; index++) {
    await scheduler.createJob({ name: 'j', start_date, repeat_interval: '1h', target })
  }
  await clock.advance(59_500)
  reset()
  await clock.advance(500)
  const settled = () => events('runs_settled').flatMap(({ runs }) => runs).length
  await until('all results', async () => {
    if (ends.length === slots) for (const end of ends.splice(0)) end()
    await clock.advance(5)
    return settled() === jobs
  })
  return { writes, db }
}

test('what slots come free for within half a second is recorded as started, never as waiting', async (t) => {
  const { writes, db } = await runInRounds(t, { jobs: JOBS, slots: SLOTS })
  const rounds = JOBS / SLOTS
  // The results of each round are written with what takes their slots, but for those of the last.
  const shared = db.dialect.isShared ? { 'insert commits': rounds + 1 } : {}
  t.strictSame(writes, {
    'insert runs': rounds,
    'update runs': rounds,
    'update jobs': 2 * rounds,
    'insert run_counts': rounds,
    ...shared
  })
})

test('what is due a millisecond apart shares its commits, and so do the results', async (t) => {
  const { scheduler, clock, writes, reset, events, db } = await createCountedScheduler(t, overDays)
  const target = { type: 'handler', name: 'measured' } as const
  for (let index = 0; index < 21; index++) {
    const start_date = new Date(START + 60_000 + index).toISOString()
    await scheduler.createJob({ name: 'j', start_date, repeat_interval: '1h', target })
  }
  await clock.advance(59_500)
  reset()
  await clock.advance(600)
  t.equal(events('runs_settled').flatMap(({ runs }) => runs).length, 21)
  // The first at once, the others five milliseconds after each other.
  const rounds = 5
  // With the rounds, but for the first one, of which nobody knew yet that others follow, and the last.
  const results = 1 + (rounds - 2) + 1
  const shared = db.dialect.isShared ? { 'insert commits': rounds + 2 } : {}
  t.strictSame(writes, {
    'insert runs': rounds,
    'update runs': results,
    'update jobs': rounds + results,
    'insert run_counts': results,
    ...shared
  })
})

testOnServers('many results are written beside what takes their slots', async (t) => {
  const { writes } = await runInRounds(t, { jobs: 400, slots: 200 })
  const starts = 2
  const ends = 2
  t.strictSame(writes, {
    'insert runs': starts,
    'update runs': ends,
    'update jobs': starts + ends,
    'insert run_counts': ends,
    'insert commits': starts + ends
  })
})

test('runs that end one by one make room for others by one claim', async (t) => {
  const { scheduler, database, clock, claims, ends } = await createBusyScheduler(t)
  t.equal(ends.length, SLOTS)
  claims.length = 0
  for (let index = 0; index < 3; index++) {
    ends[index]?.()
    await clock.advance(1)
  }
  await until('what takes their place', async () => {
    await clock.advance(1)
    return ends.length === SLOTS + 3
  })
  t.equal(claims.length, 1)
  t.equal(scheduler.status().runsInFlight, SLOTS)
  t.equal((await database.query.selectFrom('carillon_runs').select('id').execute()).length, JOBS)
})

testOnServers('a replica without anything to do commits nothing but its heartbeat', async (t) => {
  const { writes, clock, reset, db } = await createCountedScheduler(t)
  await clock.advance(60_000)
  const keys = () => db.query.selectFrom('carillon_commits').select('id').execute()
  const before = await keys()
  reset()
  await clock.advance(60_000)
  const { 'update replicas': beats = 0, 'delete commits': prunes = 0, ...others } = writes
  t.ok(beats > 0)
  t.equal(prunes, 2, 'what is past retention is looked for twice a minute')
  const left = Object.keys(others).filter((name) => !name.startsWith('delete '))
  t.strictSame(left, [])
  t.ok((await keys()).length <= before.length)
})
