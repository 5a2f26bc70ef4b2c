import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely'
import type { RunCause, RunState } from '../domain/run.ts'
import type { Db } from './db.ts'
import type { RunRow } from './run-codec.ts'
import type { Tables } from './tables.ts'

/** What a list of runs is narrowed to; every part is optional. Instants are epoch milliseconds. */
export interface RunFilter {
  ids?: readonly number[]
  jobId?: number
  state?: RunState
  cause?: RunCause
  /** Why it is in its state. */
  reason?: string
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
  return withReplica(db.query.selectFrom('carillon_runs'))
}

export function findRun(db: Db, id: number): Promise<RunRow | undefined> {
  return selectRuns(db).where('carillon_runs.id', '=', id).executeTakeFirst()
}

/**
 * Runs by occurrence, the newest first. Keyset: page 1,000 costs what page 1 costs. A state and a
 * cause have an index, and so has a job; what else narrows is looked for among what they leave.
 */
export function listRuns(db: Db, page: RunPage): Promise<RunRow[]> {
  return withReplica(pageOf(db, page)).execute()
}

/** Which runs these are, without what came of them. */
export interface RunKey {
  id: number
  job_id: number
}

/** The same list, of which no more is read than that. */
export function listRunKeys(db: Db, page: RunPage): Promise<RunKey[]> {
  return pageOf(db, page).select(['carillon_runs.id', 'job_id']).execute()
}

function withReplica(query: SelectQueryBuilder<Tables, 'carillon_runs', object>) {
  return query
    .leftJoin('carillon_replicas', 'carillon_replicas.id', 'carillon_runs.replica')
    .selectAll('carillon_runs')
    .select('carillon_replicas.name as replica_name')
}

function pageOf(db: Db, { filter, after, limit }: RunPage) {
  const { ids, jobId, state, cause, reason, from, to } = filter
  let query = db.query.selectFrom('carillon_runs').limit(limit)
  if (ids !== undefined)
    query = query.where(sql<boolean>`carillon_runs.id ${db.dialect.among(ids)}`)
  if (jobId !== undefined) query = query.where('job_id', '=', jobId)
  if (state !== undefined) query = query.where('state', '=', state)
  if (cause !== undefined) query = query.where('cause', '=', cause)
  if (reason !== undefined) query = query.where('reason', '=', reason)
  if (from !== undefined) query = query.where('scheduled_for', '>=', from)
  if (to !== undefined) query = query.where('scheduled_for', '<', to)
  for (const held of jobId === undefined ? partsOf(filter) : []) query = query.where(held)
  if (after !== null) {
    // As rows, the two would be compared in one go, but not every planner finds the index for it.
    query = query
      .where('scheduled_for', '<=', after.scheduledFor)
      .where(({ eb, or }) =>
        or([eb('scheduled_for', '<', after.scheduledFor), eb('carillon_runs.id', '<', after.id)])
      )
  }
  return query.orderBy('scheduled_for', 'desc').orderBy('carillon_runs.id', 'desc')
}

/**
 * What the runs of a filter have in common besides it, as the conditions of partial indexes: nearly
 * all runs were scheduled and succeeded, and without it the others would be searched for among them.
 */
function partsOf({ state, cause }: RunFilter): RawBuilder<boolean>[] {
  const held = state === undefined ? null : heldByIndex(state)
  const isByHand = cause !== undefined && cause !== 'schedule'
  // Word for word the condition of the index, or SQLite does not see that it applies.
  const caused = sql<boolean>`carillon_runs.cause in ('manual', 'catch_up', 'backfill')`
  return [...(held === null ? [] : [held]), ...(isByHand ? [caused] : [])]
}

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
      return sql`carillon_runs.state in ('failed', 'cancelled', 'skipped', 'missed')`
  }
}
