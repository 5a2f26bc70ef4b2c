import { sql } from 'kysely'
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
    if (after !== null) query = query.where('carillon_runs.id', '<', after.id)
    return query.orderBy('carillon_runs.id', 'desc').execute()
  }
  if (after !== null) {
    query = query.where(
      sql<boolean>`(scheduled_for, carillon_runs.id) < (${after.scheduledFor}, ${after.id})`
    )
  }
  return query
    .where('job_id', '=', jobId)
    .orderBy('scheduled_for', 'desc')
    .orderBy('carillon_runs.id', 'desc')
    .execute()
}
