import { sql } from 'kysely'
import type { RunCause } from '../domain/run.ts'
import type { Db } from './db.ts'

/** A run that was claimed, with the definition it works on. */
export interface ClaimedRow {
  id: number
  job_id: number
  job_version: number
  scheduled_for: number
  cause: RunCause
  attempt: number
  active_key: number | null
  params: string | null
  attempts: string | null
  queued_at: number
  definition: string
}

export interface Claim {
  replica: number
  now: number
  limit: number
  /** Handlers registered here; runs of others are left for a replica that has them. */
  handlers: readonly string[]
}

/**
 * Claims pending runs that may start, the longest waiting first: raises the fencing token and makes
 * the replica their owner, in one statement; a replica that was found dead gets none. The rows it
 * returns are the only proof of ownership.
 */
export async function claimRuns(db: Db, claim: Claim): Promise<ClaimedRow[]> {
  const claimed = await sql<{ id: number }>`
    update carillon_runs
    set state = 'running', reason = null, owner = ${claim.replica}, replica = ${claim.replica},
      attempt = attempt + 1, started_at = ${claim.now}, finished_at = null, available_at = null,
      result = null, error = null
    where id in (
      select id from carillon_runs
      where available_at <= ${claim.now}
        and exists (
          select 1 from carillon_replicas where id = ${claim.replica} and stopped_at is null
        )
        and (handler is null or handler in ${db.dialect.list(claim.handlers)})
      order by available_at, id limit ${claim.limit}
    )
    returning id
  `.execute(db.query)
  return listWithDefinition(
    db,
    claimed.rows.map((row) => row.id)
  )
}

/** The definition is the job's, or an earlier one where the job has changed since. */
async function listWithDefinition(db: Db, ids: readonly number[]): Promise<ClaimedRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<ClaimedRow>`
    select run.id, run.job_id, run.job_version, run.scheduled_for, run.cause, run.attempt,
      run.active_key, run.params, run.attempts, run.queued_at,
      coalesce(job.definition, version.definition) as definition
    from carillon_runs as run
    left join carillon_jobs as job on job.id = run.job_id and job.version = run.job_version
    left join carillon_job_versions as version
      on version.job_id = run.job_id and version.version = run.job_version
    where run.id in ${db.dialect.list(ids)}
    order by run.id
  `.execute(db.query)
  return rows
}

/** When the next pending run that has its handler here may start; null when none waits. */
export async function findNextAvailableAt(
  db: Db,
  handlers: readonly string[]
): Promise<number | null> {
  const { rows } = await sql<{ available_at: number }>`
    select available_at from carillon_runs
    where available_at is not null
      and (handler is null or handler in ${db.dialect.list(handlers)})
    order by available_at limit 1
  `.execute(db.query)
  return rows[0]?.available_at ?? null
}
