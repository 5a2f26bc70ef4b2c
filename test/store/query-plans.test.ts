import { CompiledQuery, sql } from 'kysely'
import { test, type Test } from 'tap'
import type { RunState } from '../../src/domain/run.ts'
import { cancelRuns, listCancelRequests, listUnfinishedRuns } from '../../src/store/cancel-runs.ts'
import { listUncountedHours } from '../../src/store/check-counts.ts'
import { listOverdueJobs, listUnplannedJobs } from '../../src/store/check-jobs.ts'
import { listAbandonedRuns, listOrphanedRuns, listUnheldRuns } from '../../src/store/check-runs.ts'
import { claimRuns } from '../../src/store/claim-runs.ts'
import { countHeldRuns, countPendingRuns } from '../../src/store/count-runs.ts'
import type { Db } from '../../src/store/db.ts'
import { advanceJobs, listDueJobs, summarizeJobs } from '../../src/store/due-jobs.ts'
import { findJob, listJobsById } from '../../src/store/jobs.ts'
import { listAvailableLevels, listDueLevels } from '../../src/store/levels.ts'
import { listActivity } from '../../src/store/list-activity.ts'
import { listJobs } from '../../src/store/list-jobs.ts'
import { findRun, listRuns } from '../../src/store/list-runs.ts'
import {
  findNewestId,
  listChangesAfter,
  listChangesByIds,
  listRunningRuns,
  listRunsAfter,
  listRunsByIds,
  listWaitingRunIds
} from '../../src/store/news.ts'
import { findBacklog, countJobStates, listUnfinishedJobs } from '../../src/store/observe.ts'
import {
  countQueuedRuns,
  listActiveRuns,
  promoteQueuedRuns,
  supersedeQueuedRuns
} from '../../src/store/occupancy.ts'
import { findPause } from '../../src/store/pause.ts'
import { listSurplus, pruneOldRuns, pruneSurplus } from '../../src/store/prune-runs.ts'
import { findLastPass, listRecentReplicas } from '../../src/store/recent-replicas.ts'
import { findSignals, listDeadOwners, renewLease } from '../../src/store/replicas.ts'
import { listHeldRuns } from '../../src/store/rescue-runs.ts'
import { listHourCounts, pruneHourCounts } from '../../src/store/run-counts.ts'
import { settleRuns } from '../../src/store/settle-runs.ts'
import { testOnServers } from '../helpers/on-every-database.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

/** 2,000 jobs with ten runs each: most finished, some running, waiting, queued. */
async function fill(db: Db): Promise<void> {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  const jobs = numbers(2_000).map((i) => ({
    version: 1,
    name: `job ${i}`,
    target: 'log' as const,
    definition: '{"name":"a","repeat_interval":"1h"}',
    state: i % 7 === 0 ? ('paused' as const) : ('enabled' as const),
    next_run_at: i % 7 === 0 ? null : 1_000 + i,
    created_at: 0,
    updated_at: 0
  }))
  const stateOf = (i: number): RunState => {
    if (i > 19_900) return 'running'
    if (i > 19_800) return 'pending'
    return i % 50 === 0 ? 'failed' : 'succeeded'
  }
  const runs = numbers(20_000).map((i) => ({
    job_id: 1 + (i % 2_000),
    job_version: 1,
    scheduled_for: i,
    seq: 0,
    cause: 'schedule' as const,
    state: stateOf(i),
    attempt: 1,
    owner: i > 19_900 ? 1 : null,
    replica: 1,
    available_at: i > 19_800 && i <= 19_850 ? i : null,
    active_key: i > 19_900 ? 1 + (i % 2_000) : null,
    queue_key: i > 19_850 && i <= 19_900 ? 1 + (i % 2_000) : null,
    occurrences: 1,
    queued_at: i,
    started_at: i,
    finished_at: i <= 19_800 ? i : null
  }))
  await db.query.insertInto('carillon_jobs').values(jobs).execute()
  for (let from = 0; from < runs.length; from += 1_000) {
    const batch = runs.slice(from, from + 1_000)
    await db.query.insertInto('carillon_runs').values(batch).execute()
  }
  const counts = numbers(1_000).map((hour) => ({
    hour,
    replica: 1 + (hour % 7),
    outcome: 'succeeded' as const,
    occurrences: hour
  }))
  await db.query.insertInto('carillon_run_counts').values(counts).execute()
  const row = { name: 'r', host: 'h', pid: 1, version: '0', started_at: 0, expires_at: 1 }
  await db.query.insertInto('carillon_replicas').values(row).execute()
}

/** The steps in which the database would carry out every statement of an operation. */
async function createPlanner(
  t: Test
): Promise<(work: (db: Db) => Promise<unknown>) => Promise<string>> {
  const database = await createTestDatabase(t)
  await fill(database)
  const watch = watchDatabase(database)
  return async (work) => {
    const statements: CompiledQuery[] = []
    watch.onStatement = (text, parameters) => {
      statements.push(CompiledQuery.raw(`explain query plan ${text}`, [...parameters]))
    }
    await work(watch.database)
    const steps: string[] = []
    for (const statement of statements) {
      const { rows } = await database.query.executeQuery<{ detail: string }>(statement)
      steps.push(...rows.map((row) => row.detail))
    }
    return steps.join('\n')
  }
}

const settlement = {
  id: 19_950,
  attempt: 1,
  state: 'succeeded',
  reason: null,
  availableAt: null,
  finishedAt: 1,
  result: null,
  error: null,
  attempts: null
} as const
const now = { now: 1_500, reason: null }

const levels = [{ priority: 0, at: 0 }]

const BY_ID = /SEARCH (?:carillon_\w+|run|job|replica) USING INTEGER PRIMARY KEY/

const BY_HOUR =
  /SEARCH carillon_run_counts USING (?:COVERING )?INDEX sqlite_autoindex_carillon_run_counts_1 \(hour[<>]\?\)/

/** Statements that are run all the time, and the index by which each finds its rows. */
const HOT: readonly [what: string, work: (db: Db) => Promise<unknown>, index: RegExp][] = [
  [
    'due jobs',
    (db) => listDueJobs(db, { now: 1_500, limit: 100, levels }),
    /SEARCH carillon_jobs USING INDEX carillon_jobs_due \(priority=\? AND next_run_at<\?\)/
  ],
  [
    'priorities of due jobs',
    listDueLevels,
    /SEARCH waiting USING COVERING INDEX carillon_jobs_due \(priority<\?\)[^]*SEARCH waiting USING COVERING INDEX carillon_jobs_due \(priority=\?/
  ],
  [
    'advance',
    (db) => advanceJobs(db, [{ id: 5, nextRunAt: 9_000, runs: 1, skipNext: 0, resumed: false }]),
    BY_ID
  ],
  [
    'claim',
    (db) => claimRuns(db, { replica: 1, now: 19_805, limit: 10, handlers: ['a'], levels }),
    /SEARCH carillon_runs USING INDEX carillon_runs_available \(priority=\? AND available_at<\?\)/
  ],
  [
    'priorities of available runs',
    (db) => listAvailableLevels(db, ['a']),
    /SEARCH waiting USING INDEX carillon_runs_available \(priority<\?\)[^]*SEARCH waiting USING INDEX carillon_runs_available \(priority=\?/
  ],
  ['settle', (db) => settleRuns(db, 1, [settlement, { ...settlement, id: 19_951 }]), BY_ID],
  [
    'summarize',
    (db) =>
      summarizeJobs(db, [
        {
          id: 5,
          lastRunAt: 1,
          lastOutcome: 'failed',
          lastSuccessAt: null,
          failures: 1,
          reset: false
        }
      ]),
    BY_ID
  ],
  [
    'active runs',
    (db) => listActiveRuns(db, [1, 2, 3]),
    /carillon_runs USING INDEX carillon_runs_active \(active_key=\?\)/
  ],
  [
    'queued runs',
    (db) => countQueuedRuns(db, [1, 2, 3]),
    /carillon_runs USING (?:COVERING )?INDEX carillon_runs_queued \(queue_key=\?\)/
  ],
  [
    'promote',
    (db) => promoteQueuedRuns(db, [1, 1_860], 1),
    /waiting USING (?:COVERING )?INDEX carillon_runs_queued \(queue_key=\?\)/
  ],
  [
    'supersede',
    (db) => supersedeQueuedRuns(db, [1_870], { now: 1, replica: 1 }),
    /carillon_runs USING (?:COVERING )?INDEX carillon_runs_queued \(queue_key=\?\)/
  ],
  [
    'a job',
    (db) => findJob(db, 5),
    /held USING COVERING INDEX carillon_runs_owned \(owner=\? AND job_id=\?\)/
  ],
  [
    'a page of jobs',
    (db) => listJobs(db, { filter: {}, sort: 'id', after: { id: 1_000 }, limit: 100 }),
    /carillon_jobs USING INTEGER PRIMARY KEY \(rowid>\?\)/
  ],
  [
    'a page of jobs in a state',
    (db) =>
      listJobs(db, { filter: { state: 'paused' }, sort: 'id', after: { id: 1_000 }, limit: 100 }),
    /carillon_jobs USING INDEX carillon_jobs_state \(state=\? AND id>\?\)/
  ],
  [
    'jobs with a tag',
    (db) => listJobs(db, { filter: { tag: 'x' }, sort: 'id', after: null, limit: 100 }),
    /carillon_job_tags USING (?:COVERING )?INDEX/
  ],
  ['a run', (db) => findRun(db, 5), BY_ID],
  [
    'the history of a job',
    (db) => listRuns(db, { filter: { jobId: 5 }, after: null, limit: 10 }),
    /carillon_runs USING INDEX carillon_runs_occurrence \(job_id=\?\)/
  ],
  [
    'a later page of it',
    (db) =>
      listRuns(db, { filter: { jobId: 5 }, after: { id: 9, scheduledFor: 9_000 }, limit: 10 }),
    /carillon_runs USING INDEX carillon_runs_occurrence \(job_id=\? AND scheduled_for<\?\)/
  ],
  [
    'the last runs of jobs',
    (db) => listActivity(db, [5, 6, 1_999], 20),
    /carillon_runs USING INDEX carillon_runs_occurrence \(job_id=\?\)/
  ],
  [
    'a page of all runs',
    (db) => listRuns(db, { filter: {}, after: { id: 9_000, scheduledFor: 9_000 }, limit: 10 }),
    /carillon_runs USING INDEX carillon_runs_scheduled \(scheduled_for<\?\)/
  ],
  [
    'what failed',
    (db) => listRuns(db, { filter: { state: 'failed' }, after: null, limit: 10 }),
    /carillon_runs USING INDEX carillon_runs_troubled \(state=\?\)/
  ],
  [
    'a later page of what failed',
    (db) =>
      listRuns(db, {
        filter: { state: 'failed' },
        after: { id: 9_000, scheduledFor: 9_000 },
        limit: 10
      }),
    /carillon_runs USING INDEX carillon_runs_troubled \(state=\? AND scheduled_for<\?\)/
  ],
  [
    'a stretch of the past',
    (db) => listRuns(db, { filter: { from: 4_000, to: 5_000 }, after: null, limit: 10 }),
    /carillon_runs USING INDEX carillon_runs_scheduled \(scheduled_for>\? AND scheduled_for<\?\)/
  ],
  [
    'what failed in it',
    (db) =>
      listRuns(db, {
        filter: { state: 'failed', from: 4_000, to: 5_000 },
        after: { id: 4_900, scheduledFor: 4_900 },
        limit: 10
      }),
    /carillon_runs USING INDEX carillon_runs_troubled \(state=\? AND scheduled_for>\? AND scheduled_for<\?\)/
  ],
  [
    'what was run by hand',
    (db) => listRuns(db, { filter: { cause: 'manual', to: 9_000 }, after: null, limit: 10 }),
    /carillon_runs USING INDEX carillon_runs_caused \(cause=\? AND scheduled_for<\?\)/
  ],
  [
    'what was skipped for a reason',
    (db) =>
      listRuns(db, {
        filter: { state: 'skipped', reason: 'overlap', to: 9_000 },
        after: null,
        limit: 10
      }),
    /carillon_runs USING INDEX carillon_runs_troubled \(state=\? AND scheduled_for<\?\)/
  ],
  [
    'runs of some ids',
    (db) => listRuns(db, { filter: { ids: [5, 6, 7], state: 'failed' }, after: null, limit: 10 }),
    BY_ID
  ],
  [
    'what runs',
    (db) => listRuns(db, { filter: { state: 'running' }, after: null, limit: 10 }),
    /carillon_runs USING COVERING INDEX carillon_runs_owned/
  ],
  [
    'what waits',
    (db) => listRuns(db, { filter: { state: 'pending' }, after: null, limit: 10 }),
    /carillon_runs USING COVERING INDEX carillon_runs_available[^]*INDEX carillon_runs_queued/
  ],
  ['cancel', (db) => cancelRuns(db, [19_960], now), BY_ID],
  [
    'runs to be stopped',
    (db) => listCancelRequests(db, 1),
    /carillon_runs USING INDEX carillon_runs_owned \(owner=\?\)/
  ],
  [
    'unfinished runs of a job',
    (db) => listUnfinishedRuns(db, 5),
    /carillon_runs USING INDEX carillon_runs_occurrence \(job_id=\?\)/
  ],
  [
    'unfinished runs of jobs',
    (db) => listUnfinishedJobs(db, [5, 6]),
    /carillon_runs USING INDEX carillon_runs_occurrence \(job_id=\?\)/
  ],
  ['renew', (db) => renewLease(db, 1, { expiresAt: 5, passedAt: 4 }), BY_ID],
  ['signals', (db) => findSignals(db, 1), BY_ID],
  ['a pause', findPause, /SEARCH carillon_settings USING INDEX/],
  [
    'the last look of any replica',
    findLastPass,
    /carillon_replicas USING INDEX carillon_replicas_live/
  ],
  [
    'recent replicas',
    (db) => listRecentReplicas(db, { since: 1, limit: 10 }),
    /carillon_replicas USING INDEX carillon_replicas_live[^]*SCAN carillon_replicas\b/
  ],
  [
    'runs of each replica',
    (db) => countHeldRuns(db, 100),
    /carillon_runs USING COVERING INDEX carillon_runs_owned/
  ],
  [
    'how many runs wait',
    (db) => countPendingRuns(db, 100),
    /carillon_runs USING COVERING INDEX carillon_runs_queued[^]*INDEX carillon_runs_available \(priority=\? AND available_at>\?\)/
  ],
  [
    'what the dead still hold',
    listDeadOwners,
    /carillon_runs USING COVERING INDEX carillon_runs_owned/
  ],
  [
    'the runs of a dead replica',
    (db) => listHeldRuns(db, 1, 10),
    /run USING INDEX carillon_runs_owned \(owner=\?\)/
  ],
  [
    'prune by age',
    (db) => pruneOldRuns(db, { endedBefore: 50, afterId: 0, limit: 100 }),
    /carillon_runs USING INTEGER PRIMARY KEY \(rowid>\?/
  ],
  [
    'surplus',
    (db) => listSurplus(db, { afterId: 0, limit: 10, keep: 5 }),
    /carillon_runs USING (?:COVERING )?INDEX carillon_runs_occurrence \(job_id=\?\)/
  ],
  [
    'prune surplus',
    (db) => pruneSurplus(db, { id: 5, surplusUntil: 50 }, 10),
    /carillon_runs USING INDEX carillon_runs_occurrence \(job_id=\? AND scheduled_for<\?\)/
  ],
  ['hours', (db) => listHourCounts(db, 900), BY_HOUR],
  ['prune hours', (db) => pruneHourCounts(db, 200, 50), BY_HOUR],
  [
    'backlog',
    (db) => findBacklog(db, 30_000, 100),
    /carillon_runs USING COVERING INDEX carillon_runs_available \(priority=\? AND available_at<\?\)/
  ],
  ['the newest run', (db) => findNewestId(db, 'carillon_runs'), /^SEARCH carillon_runs$/],
  [
    'runs after one',
    (db) => listRunsAfter(db, 19_990, 1_000),
    /carillon_runs USING INTEGER PRIMARY KEY \(rowid>\?\)/
  ],
  [
    'running runs',
    (db) => listRunningRuns(db, 1_000),
    /carillon_runs USING INDEX carillon_runs_owned/
  ],
  [
    'waiting runs',
    (db) => listWaitingRunIds(db, 1_000),
    /INDEX carillon_runs_queued[^]*carillon_runs USING (?:COVERING )?INDEX carillon_runs_available \(priority=\?/
  ],
  ['runs by their ids', (db) => listRunsByIds(db, [5, 6, 19_999]), BY_ID],
  [
    'changes after one',
    (db) => listChangesAfter(db, 0, 1_000),
    /carillon_changes USING INTEGER PRIMARY KEY \(rowid>\?\)/
  ],
  ['changes by their ids', (db) => listChangesByIds(db, [1, 2]), BY_ID],
  ['jobs by their ids', (db) => listJobsById(db, [5, 6, 1_999]), BY_ID],
  [
    'overdue jobs',
    (db) => listOverdueJobs(db, { dueBefore: 1_500, limit: 100 }),
    /SEARCH carillon_jobs USING INDEX carillon_jobs_due \(priority=\? AND next_run_at<\?\)/
  ],
  [
    'jobs without a next occurrence',
    (db) => listUnplannedJobs(db, { after: 100, size: 200, limit: 100 }),
    /COVERING INDEX carillon_jobs_state[^]*SEARCH carillon_jobs USING INDEX carillon_jobs_state \(state=\? AND id>\? AND id<\?\)/
  ],
  [
    'running runs without an owner',
    (db) => listUnheldRuns(db, { after: 100, size: 200, limit: 100 }),
    /SEARCH carillon_runs USING INDEX carillon_runs_active \(active_key>\?\)[^]*SEARCH carillon_runs USING INTEGER PRIMARY KEY \(rowid>\?\)/
  ],
  [
    'abandoned runs',
    (db) => listAbandonedRuns(db, { self: 2, endedBefore: 0, limit: 100 }),
    /carillon_runs USING (?:COVERING )?INDEX carillon_runs_owned/
  ],
  [
    'runs of unknown jobs',
    (db) => listOrphanedRuns(db, { size: 50, limit: 100 }),
    /carillon_runs USING INDEX carillon_runs_owned[^]*carillon_runs USING INDEX carillon_runs_queued[^]*carillon_runs USING INDEX carillon_runs_available \(priority=\? AND available_at>\?\)/
  ],
  [
    'uncounted hours',
    (db) => listUncountedHours(db, { since: 900, version: '0', size: 100 }),
    /SEARCH run USING INTEGER PRIMARY KEY \(rowid>\?\)[^]*SEARCH carillon_run_counts USING INDEX sqlite_autoindex_carillon_run_counts_1 \(hour>\?\)/
  ],
  ['jobs by state', countJobStates, /carillon_jobs USING COVERING INDEX carillon_jobs_state/]
]

test('every hot statement finds its rows by an index, and none reads a whole table', async (t) => {
  const plan = await createPlanner(t)
  for (const [what, work, index] of HOT) {
    const steps = await plan(work)
    t.match(steps, index, `${what}:\n${steps}`)
    const scans = steps.match(
      /^SCAN (?:carillon_jobs|carillon_runs|carillon_run_counts|run|job|waiting|active|held)$/gm
    )
    t.equal(scans, null, `${what}:\n${steps}`)
  }
})

test('a page of the history is read in order, not sorted', async (t) => {
  const plan = await createPlanner(t)
  const pages: readonly Parameters<typeof listRuns>[1][] = [
    { filter: {}, after: null, limit: 10 },
    { filter: { state: 'failed' }, after: null, limit: 10 },
    { filter: { from: 4_000, to: 5_000 }, after: null, limit: 10 },
    { filter: { cause: 'manual' }, after: { id: 9, scheduledFor: 9_000 }, limit: 10 },
    { filter: { jobId: 5 }, after: { id: 9, scheduledFor: 9_000 }, limit: 10 }
  ]
  for (const page of pages) {
    const steps = await plan((db) => listRuns(db, page))
    t.notMatch(steps, /USE TEMP B-TREE FOR ORDER BY/, steps)
  }
  const steps = await plan((db) => listActivity(db, [5, 6], 10))
  t.notMatch(steps, /USE TEMP B-TREE/, steps)
})

/** How many rows have been read in this transaction, by whatever plan; index entries too on MySQL. */
async function rowsRead({ query, dialect }: Db): Promise<number> {
  if (dialect.name === 'postgres') {
    const { rows } = await sql<{ count: number }>`
      select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::int as count
      from pg_stat_xact_user_tables
    `.execute(query)
    return rows[0]?.count ?? NaN
  }
  const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(
    query
  )
  return rows.reduce((sum, row) => sum + Number(row.Value), 0)
}

/** The same for what an operation reads; what it writes is undone. */
async function rowsReadBy(db: Db, work: (db: Db) => Promise<unknown>): Promise<number> {
  const undo = new Error('undo')
  let read = 0
  const done = db.query.transaction().execute(async (query) => {
    const trx = { query, dialect: db.dialect }
    const before = await rowsRead(trx)
    await work(trx)
    read = (await rowsRead(trx)) - before
    throw undo
  })
  await done.catch((error: unknown) => {
    if (error !== undo) throw error
  })
  return read
}

/** Of 20,000 runs and 2,000 jobs: what every hot statement reads at most, and what some may read. */
const MOST_ROWS = 600
const MORE_ROWS: Readonly<Record<string, number>> = {
  // Few enough to be sorted.
  'a page of jobs in a state': 900,
  // So few jobs are cheaper to read at once than one by one.
  'the runs of a dead replica': 2_200,
  // The newest thousand are read.
  'running runs without an owner': 1_400,
  // Index entries of what waits, running and without a job are all counted by MariaDB.
  'runs of unknown jobs': 700,
  // Every job is counted.
  'jobs by state': 2_100
}

const TABLES = ['carillon_jobs', 'carillon_runs', 'carillon_replicas', 'carillon_run_counts']

testOnServers('no hot statement reads more than the rows that it is about', async (t) => {
  const db = await createTestDatabase(t)
  await fill(db)
  for (const table of TABLES) {
    const analyze = db.dialect.name === 'postgres' ? sql`vacuum analyze` : sql`analyze table`
    await sql`${analyze} ${sql.table(table)}`.execute(db.query)
  }
  for (const [what, work] of HOT) {
    const most = MORE_ROWS[what] ?? MOST_ROWS
    const read = await rowsReadBy(db, work)
    t.ok(read <= most, `${what}: ${read} rows`)
  }
})

testOnServers('of a long history, only the last runs are read', async (t) => {
  const db = await createTestDatabase(t)
  await fill(db)
  const runs = await db.query.selectFrom('carillon_runs').selectAll().limit(1_000).execute()
  const ofOne = runs.map((run, index) => ({
    ...run,
    id: 30_000 + index,
    job_id: 5,
    seq: index + 1
  }))
  await db.query.insertInto('carillon_runs').values(ofOne).execute()
  const read = await rowsReadBy(db, (trx) => listActivity(trx, [5], 20))
  // MariaDB counts those of its temporary table, too.
  t.ok(read <= 100, `${read} rows`)
})
