import { sql } from 'kysely'
import type { Db } from './db.ts'

/** The definition that a run works on. */
export async function findRunDefinition(db: Db, id: number): Promise<string> {
  const { rows } = await sql<{ definition: string }>`
    select coalesce(version.definition, job.definition) as definition
    from carillon_runs as run
    join carillon_jobs as job on job.id = run.job_id
    left join carillon_job_versions as version
      on version.job_id = run.job_id and version.version = run.job_version
    where run.id = ${id}
  `.execute(db.query)
  const [row] = rows
  if (row === undefined) throw new Error(`Run ${id} has no job.`)
  return row.definition
}

export interface Retry {
  now: number
  /** Whether it must be the only active run of its job. */
  exclusive: boolean
  /** JSON of all attempts so far. */
  attempts: string | null
}

/** Lets a finished run be claimed once more. The row of its job is locked. */
export async function retryRun(db: Db, id: number, retry: Retry): Promise<void> {
  await sql`
    update carillon_runs
    set state = 'pending', reason = 'retry_requested', available_at = ${retry.now},
      active_key = ${retry.exclusive ? sql`job_id` : sql`null`}, attempts = ${retry.attempts},
      finished_at = null, cancel_requested_at = null, cancel_reason = null, result = null,
      error = null
    where id = ${id} and state in ('failed', 'cancelled')
  `.execute(db.query)
}
