import { sql } from 'kysely'
import type { RunCause } from '../domain/run.ts'
import type { TalliedEnd } from '../domain/run-tally.ts'
import type { Db } from './db.ts'
import type { Columns, Row } from './dialect.ts'
import { countEnds } from './run-counts.ts'

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
  /** The higher, the earlier it is claimed. */
  priority: number
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

const GIVEN: Columns = {
  job_id: 'integer',
  job_version: 'integer',
  scheduled_for: 'integer',
  seq: 'integer',
  cause: 'text',
  state: 'text',
  reason: 'text',
  exclusive: 'integer',
  waiting: 'integer',
  handler: 'text',
  params: 'text',
  available_at: 'integer',
  delay_ms: 'integer',
  range_to: 'integer',
  occurrences: 'integer',
  priority: 'integer',
  inserted_at: 'integer',
  inserted_by: 'integer'
}

const COLUMNS = [
  'job_id',
  'job_version',
  'scheduled_for',
  'seq',
  'cause',
  'state',
  'reason',
  'handler',
  'params',
  'delay_ms',
  'range_to',
  'occurrences',
  'priority',
  'queued_at',
  'attempt',
  'owner',
  'replica',
  'available_at',
  'active_key',
  'queue_key',
  'started_at',
  'finished_at'
] as const

/** What the columns become. */
const VALUES = sql`
  given.job_id, given.job_version, given.scheduled_for, given.seq, given.cause, given.state,
  given.reason, given.handler, given.params, given.delay_ms, given.range_to, given.occurrences,
  given.priority, given.inserted_at,
  case when given.state = 'running' then 1 else 0 end,
  case when given.state = 'running' then given.inserted_by end,
  case when given.state = 'running' then given.inserted_by end,
  case when given.state = 'pending' and given.waiting = 0
    then coalesce(given.available_at, given.inserted_at) end,
  case when given.exclusive = 1 and given.waiting = 0 and given.state in ('running', 'pending')
    then given.job_id end,
  case when given.waiting = 1 then given.job_id end,
  case when given.state = 'running' then given.inserted_at end,
  case when given.state in ('skipped', 'missed') then given.inserted_at end
`

interface InsertTime {
  now: number
  /** The replica that holds what starts at once. */
  replica: number | null
}

function toValues(run: NewRun, { now, replica }: InsertTime): Row {
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
    run.occurrences,
    run.priority,
    now,
    replica
  ]
}

/**
 * Writes the records and returns those that are new: an occurrence that has its record already keeps
 * it, which is what makes every occurrence have exactly one. The rows of their jobs are locked.
 */
export async function insertRuns(
  db: Db,
  runs: readonly NewRun[],
  time: InsertTime
): Promise<InsertedRun[]> {
  if (runs.length === 0) return []
  const inserted = await db.dialect.insertRows<InsertedRun>(db.query, {
    table: 'carillon_runs',
    columns: COLUMNS,
    values: VALUES,
    given: db.dialect.rows(
      runs.map((run) => toValues(run, time)),
      GIVEN
    ),
    key: ['job_id', 'scheduled_for', 'seq'],
    keys: () =>
      db.dialect.rows(
        runs.map((run) => [run.jobId, run.scheduledFor, run.seq]),
        { job_id: 'integer', scheduled_for: 'integer', seq: 'integer' }
      ),
    returning: ['id', 'job_id', 'scheduled_for']
  })
  await countEnds(db, time.replica, endsAmong(runs, inserted))
  return inserted
}

/** What is recorded as not run is at its end; of a job and an instant there is one such record. */
function endsAmong(runs: readonly NewRun[], inserted: readonly InsertedRun[]): TalliedEnd[] {
  const ends = runs.flatMap(({ jobId, scheduledFor, state, occurrences }) =>
    state === 'skipped' || state === 'missed'
      ? [{ jobId, scheduledFor, outcome: state, occurrences }]
      : []
  )
  if (ends.length === 0) return []
  const made = new Set(inserted.map((row) => `${row.job_id} ${row.scheduled_for}`))
  return ends.filter(({ jobId, scheduledFor }) => made.has(`${jobId} ${scheduledFor}`))
}
