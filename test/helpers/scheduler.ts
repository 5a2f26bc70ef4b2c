import type { Test } from 'tap'
import type { Clock } from '../../src/domain/clock.ts'
import type { Logger } from '../../src/engine/attempt.ts'
import type { EventName, Events } from '../../src/engine/events.ts'
import { createScheduler, type Scheduler, type SchedulerOptions } from '../../src/scheduler.ts'
import type { Database } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { giveBackDatabaseUrl, takeDatabaseUrl } from './database-stock.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { migrations } from './migrations.ts'
import { kindOf } from './on-every-database.ts'

/** A database, and what others open it by. */
export type TestDatabase = Database & { url: string }

/** A new database of the test's kind with its schema, closed when the test ends. */
export async function createTestDatabase(t: Test): Promise<TestDatabase> {
  const kind = kindOf(t)
  if (kind === 'sqlite') {
    const url = 'sqlite::memory:'
    const database = await openTestDatabase(t, url)
    await migrate(database, migrations)
    return database
  }
  const url = await takeDatabaseUrl(kind)
  t.teardown(() => giveBackDatabaseUrl(kind, url))
  return openTestDatabase(t, url)
}

async function openTestDatabase(t: Test, url: string): Promise<TestDatabase> {
  const database = await openDatabase(url)
  t.teardown(() => database.close())
  return { ...database, url }
}

/** The same, opened several times over, as by processes that share it; SQLite has one writer. */
export async function createTestDatabases(
  t: Test,
  count: number
): Promise<[TestDatabase, ...TestDatabase[]]> {
  const first = await createTestDatabase(t)
  const others: TestDatabase[] = []
  while (others.length < count - 1) {
    others.push(kindOf(t) === 'sqlite' ? first : await openTestDatabase(t, first.url))
  }
  return [first, ...others]
}

export interface TestScheduler {
  scheduler: Scheduler
  clock: ManualClock
  database: Database
  /** Every event of these names so far, in order. */
  events<Name extends EventName>(name: Name): Events[Name][]
  /** Lines written by `log` targets and handlers. */
  lines: { level: string; fields: object; message: string }[]
}

/** For tests that live through days: nobody else writes, and nobody's lease is at stake. */
export const overDays = { pollMs: 86_400_000, heartbeatMs: 86_400_000, leaseMs: 30 * 86_400_000 }

/** A started scheduler on a manual clock and a database of its own, stopped when the test ends. */
export async function createTestScheduler(
  t: Test,
  options: Partial<SchedulerOptions> & { start?: boolean } = {}
): Promise<TestScheduler> {
  const database = (options.db as Database | undefined) ?? (await createTestDatabase(t))
  const clock = (options.clock as ManualClock | undefined) ?? createManualClock()
  const { log, lines } = createLineLog()
  const scheduler = createScheduler({ ...defaults(database, clock, log), ...options })
  const recorded = recordEvents(scheduler)
  if (options.start !== false) await scheduler.start()
  t.teardown(async () => {
    const stopped = scheduler.stop({ graceMs: 0 })
    await clock.advance(15_000)
    await stopped
  })
  return { scheduler, clock, database, lines, events: recorded }
}

function defaults(db: Database, clock: Clock, log: Logger): SchedulerOptions {
  return {
    db,
    clock,
    log,
    identity: { name: 'test', host: 'test-host', pid: 1, version: '0.0.0' },
    maxConcurrentRuns: 100,
    leaseMs: 30_000,
    heartbeatMs: 10_000,
    pollMs: 1_000,
    zoneData: 'test',
    retention: { ageMs: 7 * 86_400_000, perJob: 1_000 }
  }
}

function createLineLog() {
  const lines: TestScheduler['lines'] = []
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message })
  }
  const log: Logger = { info: write('info'), warn: write('warn'), error: write('error') }
  return { log, lines }
}

const RECORDED: readonly EventName[] = [
  'job_created',
  'job_updated',
  'job_deleted',
  'job_changed',
  'jobs_moved',
  'jobs_finished',
  'job_broken',
  'job_recomputed',
  'runs_started',
  'runs_settled',
  'result_refused',
  'occurrences_not_run',
  'handler_missing',
  'job_paused_by_target',
  'runs_rescued',
  'lease_lost',
  'runs_pruned',
  'invariant_violated',
  'pass_failed',
  'listener_failed'
]

function recordEvents(scheduler: Scheduler): TestScheduler['events'] {
  const recorded = new Map<EventName, unknown[]>(RECORDED.map((name) => [name, []]))
  for (const name of RECORDED) scheduler.events.on(name, (event) => recorded.get(name)?.push(event))
  return <Name extends EventName>(name: Name) => (recorded.get(name) ?? []) as Events[Name][]
}
