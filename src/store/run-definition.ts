import { sql } from 'kysely'
import type { Db } from './db.ts'

/**
 * The definition that a run works on, of `run`: that of its job, or an earlier one where the job has
 * changed since; null when that one is kept no longer. Goes with {@link withDefinition}.
 */
export const runDefinition = sql<string | null>`case when job.version = run.job_version
  then job.definition else version.definition end`

/** Runs as `run`, with their jobs, which may be deleted, and earlier definitions. */
export const withDefinition = sql`carillon_runs as run
  left join carillon_jobs as job on job.id = run.job_id
  left join carillon_job_versions as version
    on version.job_id = run.job_id and version.version = run.job_version`

/** The definition that a run works on; null when it is kept no longer. */
export async function findRunDefinition(db: Db, id: number): Promise<string | null> {
  const { rows } = await sql<{ definition: string | null }>`
    select ${runDefinition} as definition from ${withDefinition} where run.id = ${id}
  `.execute(db.query)
  return rows[0]?.definition ?? null
}
