import { sql } from 'kysely'
import type { JobState } from '../domain/job.ts'
import type { AttemptOutcome } from '../domain/outcome.ts'
import type { Db } from './db.ts'
import type { Columns, Row } from './dialect.ts'
import type { Level } from './levels.ts'
import { goesOn } from './pause.ts'

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

/** What to look for: at most `limit` jobs of the given levels whose next occurrence is due. */
export interface DueQuery {
  now: number
  limit: number
  levels: readonly Level[]
}

/**
 * Due jobs, the highest priority first and then the longest due. In a transaction they stay as they
 * are until it ends; those that another transaction decides about are left out. None while scheduling
 * is paused.
 */
export async function listDueJobs(trx: Db, { now, limit, levels }: DueQuery): Promise<DueJobRow[]> {
  const jobs: DueJobRow[] = []
  for (const { priority, at } of levels) {
    if (at > now || jobs.length >= limit) continue
    const { rows } = await sql<DueJobRow>`
      select id, version, definition, created_at, next_run_at, state, paused_until, skip_next,
        scheduled_runs
      from carillon_jobs
      where priority = ${priority} and next_run_at <= ${now} and ${goesOn}
      order by next_run_at limit ${limit - jobs.length} ${trx.dialect.forUpdateSkipLocked}
    `.execute(trx.query)
    jobs.push(...rows)
  }
  return jobs
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

const MOVED: Columns = {
  id: 'integer',
  next_at: 'integer',
  runs: 'integer',
  skips: 'integer',
  resumed: 'integer'
}

/** Moves each job to its next occurrence; a job without one is finished. */
export async function advanceJobs(db: Db, moves: readonly JobMove[]): Promise<void> {
  if (moves.length === 0) return
  const rows = moves.map((move): Row => [
    move.id,
    move.nextRunAt,
    move.runs,
    move.skipNext,
    move.resumed ? 1 : 0
  ])
  await db.dialect.updateRows(db.query, {
    table: 'carillon_jobs',
    set: sql`
      next_run_at = given.next_at,
      scheduled_runs = carillon_jobs.scheduled_runs + given.runs,
      skip_next = given.skips,
      state = case when given.next_at is null then 'finished'
        when given.resumed = 1 then 'enabled' else carillon_jobs.state end,
      pause_reason = case when given.resumed = 1 then null else carillon_jobs.pause_reason end,
      paused_at = case when given.resumed = 1 then null else carillon_jobs.paused_at end,
      paused_until = case when given.resumed = 1 then null else carillon_jobs.paused_until end`,
    given: db.dialect.rows(rows, MOVED),
    on: sql`carillon_jobs.id = given.id`
  })
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

const ENDED: Columns = {
  id: 'integer',
  ran_at: 'integer',
  outcome: 'text',
  success_at: 'integer',
  failures: 'integer',
  is_reset: 'integer'
}

/** Brings the last-run columns of jobs up to date. */
export async function summarizeJobs(db: Db, summaries: readonly JobSummary[]): Promise<void> {
  if (summaries.length === 0) return
  const rows = summaries.map((one): Row => [
    one.id,
    one.lastRunAt,
    one.lastOutcome,
    one.lastSuccessAt,
    one.failures,
    one.reset ? 1 : 0
  ])
  await db.dialect.updateRows(db.query, {
    table: 'carillon_jobs',
    set: sql`
      last_run_at = given.ran_at,
      last_outcome = given.outcome,
      last_success_at = coalesce(given.success_at, carillon_jobs.last_success_at),
      consecutive_failures = given.failures +
        case when given.is_reset = 1 then 0 else carillon_jobs.consecutive_failures end`,
    given: db.dialect.rows(rows, ENDED),
    on: sql`carillon_jobs.id = given.id`
  })
}
