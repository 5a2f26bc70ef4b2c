import { sql } from 'kysely'
import type { RunCause } from '../domain/run.ts'
import type { Db } from './db.ts'

/** A record to be made: a run, or an occurrence that is not run. */
export interface NewRun {
  jobId: number
  jobVersion: number
  scheduledFor: number
  cause: RunCause
  /** 0 for a planned occurrence; see the column. */
  seq: number
  /** `running` is claimed for the inserting replica at once. */
  state: 'running' | 'pending' | 'skipped' | 'missed'
  reason: string | null
  /** Whether it must be the only active run of its job. */
  exclusive: boolean
  /** Pending, but behind the active run of its job. */
  waiting: boolean
  handler: string | null
  /** JSON, for a run by hand with params of its own. */
  params: string | null
  /** A pending run that does not wait behind another starts no earlier than this. */
  availableAt: number | null
  /** How much later than its occurrence it is to start. */
  delayMs: number
  /** The last occurrence of a range, whose first is `scheduledFor`. */
  rangeTo: number | null
  occurrences: number
}

/** What identifies a record that was made. */
export interface InsertedRun {
  id: number
  job_id: number
  scheduled_for: number
}

const COLUMNS = [
  'job_id',
  'job_version',
  'scheduled_for',
  'seq',
  'cause',
  'state',
  'reason',
  'exclusive',
  'waiting',
  'handler',
  'params',
  'available_at',
  'delay_ms',
  'range_to',
  'occurrences'
] as const

function toValues(run: NewRun): unknown[] {
  return [
    run.jobId,
    run.jobVersion,
    run.scheduledFor,
    run.seq,
    run.cause,
    run.state,
    run.reason,
    run.exclusive ? 1 : 0,
    run.waiting ? 1 : 0,
    run.handler,
    run.params,
    run.availableAt,
    run.delayMs,
    run.rangeTo,
    run.occurrences
  ]
}

/**
 * Writes the records in one statement and returns those that are new: an occurrence that has its
 * record already keeps it, which is what makes every occurrence have exactly one.
 */
export async function insertRuns(
  db: Db,
  runs: readonly NewRun[],
  { now, replica }: { now: number; replica: number | null }
): Promise<InsertedRun[]> {
  if (runs.length === 0) return []
  const rows = db.dialect.rows(runs.map(toValues), COLUMNS)
  const inserted = await sql<InsertedRun>`
    insert into carillon_runs (
      job_id, job_version, scheduled_for, seq, cause, state, reason, attempt, owner, replica,
      available_at, active_key, queue_key, handler, params, delay_ms, range_to, occurrences,
      queued_at, started_at, finished_at
    )
    select
      job_id, job_version, scheduled_for, seq, cause, state, reason,
      case when state = 'running' then 1 else 0 end,
      case when state = 'running' then ${replica} end,
      case when state = 'running' then ${replica} end,
      case when state = 'pending' and waiting = 0 then coalesce(available_at, ${now}) end,
      case when exclusive = 1 and waiting = 0 and state in ('running', 'pending') then job_id end,
      case when waiting = 1 then job_id end,
      handler, params, delay_ms, range_to, occurrences, ${now},
      case when state = 'running' then ${now} end,
      case when state in ('skipped', 'missed') then ${now} end
    from ${rows} where true
    on conflict do nothing
    returning id, job_id, scheduled_for
  `.execute(db.query)
  return inserted.rows
}
