import { sql } from 'kysely'
import type { JobState } from '../domain/job.ts'
import type { AttemptOutcome } from '../domain/outcome.ts'
import type { Db } from './db.ts'

/** What is needed of a due job to decide what it owes. */
export interface DueJobRow {
  id: number
  version: number
  definition: string
  created_at: number
  next_run_at: number
  state: JobState
  paused_until: number | null
  skip_next: number
  scheduled_runs: number
}

/** Jobs whose next occurrence is not later than `now`, the longest due first. */
export async function listDueJobs(db: Db, now: number, limit: number): Promise<DueJobRow[]> {
  const { rows } = await sql<DueJobRow>`
    select id, version, definition, created_at, next_run_at, state, paused_until, skip_next,
      scheduled_runs
    from carillon_jobs
    where next_run_at <= ${now} order by next_run_at limit ${limit}
  `.execute(db.query)
  return rows
}

/** Where a job stands after its due occurrences were recorded. */
export interface JobMove {
  id: number
  /** The next occurrence; null when the job is finished. */
  nextRunAt: number | null
  /** Occurrences that became runs just now. */
  runs: number
  /** Occurrences still to be skipped by request. */
  skipNext: number
  /** The end of a pause was due, not an occurrence. */
  resumed: boolean
}

/** Moves each job to its next occurrence; a job without one is finished. */
export async function advanceJobs(db: Db, moves: readonly JobMove[]): Promise<void> {
  if (moves.length === 0) return
  const rows = db.dialect.rows(
    moves.map((move) => [move.id, move.nextRunAt, move.runs, move.skipNext, move.resumed ? 1 : 0]),
    ['id', 'next_run_at', 'runs', 'skip_next', 'resumed']
  )
  await sql`
    update carillon_jobs set
      next_run_at = moved.next_run_at,
      scheduled_runs = carillon_jobs.scheduled_runs + moved.runs,
      skip_next = moved.skip_next,
      state = case when moved.next_run_at is null then 'finished'
        when moved.resumed = 1 then 'enabled' else carillon_jobs.state end,
      pause_reason = case when moved.resumed = 1 then null else carillon_jobs.pause_reason end,
      paused_at = case when moved.resumed = 1 then null else carillon_jobs.paused_at end,
      paused_until = case when moved.resumed = 1 then null else carillon_jobs.paused_until end
    from ${rows} as moved where carillon_jobs.id = moved.id
  `.execute(db.query)
}

/** When the next job is due; null when none will be. One probe of an index. */
export async function findNextDueAt(db: Db): Promise<number | null> {
  const row = await db.query
    .selectFrom('carillon_jobs')
    .select('next_run_at')
    .where('next_run_at', 'is not', null)
    .orderBy('next_run_at')
    .limit(1)
    .executeTakeFirst()
  return row?.next_run_at ?? null
}

/** What the runs that just ended say about their jobs. */
export interface JobSummary {
  id: number
  lastRunAt: number
  lastOutcome: AttemptOutcome
  lastSuccessAt: number | null
  /** Failures since the last success of this batch, or since before it. */
  failures: number
  /** Whether there was a success in this batch. */
  reset: boolean
}

/** Brings the last-run columns of jobs up to date. */
export async function summarizeJobs(db: Db, summaries: readonly JobSummary[]): Promise<void> {
  if (summaries.length === 0) return
  const rows = db.dialect.rows(
    summaries.map((one) => [
      one.id,
      one.lastRunAt,
      one.lastOutcome,
      one.lastSuccessAt,
      one.failures,
      one.reset ? 1 : 0
    ]),
    ['id', 'ran_at', 'outcome', 'success_at', 'failures', 'reset']
  )
  await sql`
    update carillon_jobs set
      last_run_at = ended.ran_at,
      last_outcome = ended.outcome,
      last_success_at = coalesce(ended.success_at, carillon_jobs.last_success_at),
      consecutive_failures = ended.failures +
        case when ended.reset = 1 then 0 else carillon_jobs.consecutive_failures end
    from ${rows} as ended where carillon_jobs.id = ended.id
  `.execute(db.query)
}
