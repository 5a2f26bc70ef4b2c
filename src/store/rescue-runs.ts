import { sql } from 'kysely'
import type { RunCause } from '../domain/run.ts'
import type { TargetType } from '../domain/target.ts'
import type { Db } from './db.ts'

/** A run that its replica left behind. */
export interface OrphanedRun {
  id: number
  job_id: number
  /** Of the job as it is now; empty when it was deleted. */
  job_name: string
  target: TargetType
  cause: RunCause
  scheduled_for: number
  delay_ms: number
  attempt: number
  started_at: number
  attempts: string | null
  cancel_requested_at: number | null
  replica_name: string | null
}

/** Runs that a replica still holds. */
export async function listHeldRuns(db: Db, owner: number, limit: number): Promise<OrphanedRun[]> {
  // The plus keeps PostgreSQL from walking through the history in the order of its ids: it expects to
  // meet enough of them soon, but they are the last.
  const { rows } = await sql<OrphanedRun>`
    select run.id, run.job_id, run.cause, run.scheduled_for, run.delay_ms, run.attempt,
      run.started_at, run.attempts, run.cancel_requested_at, replica.name as replica_name,
      coalesce(job.name, '') as job_name, coalesce(job.target, 'log') as target
    from carillon_runs as run
    left join carillon_replicas as replica on replica.id = run.replica
    left join carillon_jobs as job on job.id = run.job_id
    where run.owner = ${owner} order by run.id + 0 limit ${limit}
  `.execute(db.query)
  return rows
}

/** A run that a replica holds. */
export interface OwnedRun {
  id: number
  job_id: number
  attempt: number
  cause: RunCause
  scheduled_for: number
  /** Of the job as it is now. */
  target: TargetType
}

/** Every run that a replica holds; as many as it has slots. */
export async function listOwnedRuns(db: Db, owner: number): Promise<OwnedRun[]> {
  const { rows } = await sql<OwnedRun>`
    select id, job_id, attempt, cause, scheduled_for,
      coalesce((select target from carillon_jobs where id = carillon_runs.job_id), 'log') as target
    from carillon_runs where owner = ${owner}
  `.execute(db.query)
  return rows
}
