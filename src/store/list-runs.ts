import { sql, type RawBuilder } from 'kysely'
import type { RunCause, RunState } from '../domain/run.ts'
import type { Db } from './db.ts'
import type { RunRow } from './run-codec.ts'

/** What a list of runs is narrowed to; every part is optional. Instants are epoch milliseconds. */
export interface RunFilter {
  jobId?: number
  state?: RunState
  cause?: RunCause
  /** Scheduled at or after. */
  from?: number
  /** Scheduled before. */
  to?: number
}

/** Where the page before ended. */
export interface RunPosition {
  scheduledFor: number
  id: number
}

export interface RunPage {
  filter: RunFilter
  after: RunPosition | null
  limit: number
}

/** Runs, with the name of the replica that ran them last. */
export function selectRuns(db: Db) {
  return db.query
    .selectFrom('carillon_runs')
    .leftJoin('carillon_replicas', 'carillon_replicas.id', 'carillon_runs.replica')
    .selectAll('carillon_runs')
    .select('carillon_replicas.name as replica_name')
}

export function findRun(db: Db, id: number): Promise<RunRow | undefined> {
  return selectRuns(db).where('carillon_runs.id', '=', id).executeTakeFirst()
}

/**
 * Runs, the newest first: of one job by occurrence, of all jobs by the order in which they were
 * recorded. Keyset: page 1,000 costs what page 1 costs.
 */
export function listRuns(db: Db, { filter, after, limit }: RunPage): Promise<RunRow[]> {
  const { jobId } = filter
  let query = selectRuns(db).limit(limit)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.cause !== undefined) query = query.where('cause', '=', filter.cause)
  if (filter.from !== undefined) query = query.where('scheduled_for', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('scheduled_for', '<', filter.to)
  if (jobId === undefined) {
    const held = filter.state === undefined ? null : heldByIndex(filter.state)
    if (held !== null) query = query.where(held)
    if (after !== null) query = query.where('carillon_runs.id', '<', after.id)
    return query.orderBy('carillon_runs.id', 'desc').execute()
  }
  if (after !== null) {
    // As rows, the two would be compared in one go, but not every planner finds the index for it.
    query = query
      .where('scheduled_for', '<=', after.scheduledFor)
      .where(({ eb, or }) =>
        or([eb('scheduled_for', '<', after.scheduledFor), eb('carillon_runs.id', '<', after.id)])
      )
  }
  return query
    .where('job_id', '=', jobId)
    .orderBy('scheduled_for', 'desc')
    .orderBy('carillon_runs.id', 'desc')
    .execute()
}

/**
 * What the runs of a state have in common besides it, as the condition of a partial index: nearly
 * all runs have succeeded, and without it the others would be searched for among them.
 */
function heldByIndex(state: RunState): RawBuilder<boolean> | null {
  switch (state) {
    case 'succeeded':
      return null
    case 'running':
      return sql`carillon_runs.id in (select id from carillon_runs where owner is not null)`
    case 'pending':
      return sql`carillon_runs.id in (
        select id from carillon_runs where available_at is not null
        union all select id from carillon_runs where queue_key is not null
      )`
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'missed':
      // Word for word the condition of the index, or SQLite does not see that it applies.
      return sql`carillon_runs.state in ('failed', 'cancelled', 'skipped', 'missed')`
  }
}
