import type { Era } from '../domain/definition-history.ts'
import { withDefaults } from '../domain/job-definition.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { findChange } from '../store/changes.ts'
import type { Db } from '../store/db.ts'
import { contextOf, decodeInput, type JobRow } from '../store/job-codec.ts'
import type { JobVersionRow } from '../store/job-history.ts'
import { findJob } from '../store/jobs.ts'
import { getJobRow } from './core.ts'

/** When a job came and went, as far as it is known. Epoch milliseconds. */
export interface JobLife {
  /** Undefined when it is deleted. */
  job: JobRow | undefined
  createdAt: number
  deletedAt: number | null
}

/** @throws CarillonError `job_not_found` when there is no such job, or it was deleted long ago */
export async function readLife(db: Db, id: number): Promise<JobLife> {
  const job = await findJob(db, id)
  if (job !== undefined) return { job, createdAt: job.created_at, deletedAt: null }
  const created = await findChange(db, id, 'created')
  const deleted = await findChange(db, id, 'deleted')
  if (created !== undefined && deleted !== undefined) {
    return { job, createdAt: created.at, deletedAt: deleted.at }
  }
  return { job: await getJobRow(db, id), createdAt: 0, deletedAt: null }
}

/**
 * The definitions that were in force, oldest first. When the one before the oldest is no longer
 * kept, the oldest is taken to begin where `horizon` ends: what lies before it is not known.
 */
export function erasOf(
  id: number,
  { job, createdAt }: JobLife,
  { versions, horizon }: { versions: readonly JobVersionRow[]; horizon: number }
): Era[] {
  const rows = [
    ...versions.map((row) => ({ ...row, until: row.replaced_at })),
    ...(job === undefined ? [] : [{ ...job, until: null }])
  ]
  const context = contextOf({ id, created_at: createdAt })
  return rows.flatMap((row, index) => {
    const definition = withDefaults(decodeInput(row.definition))
    const schedule = scheduleOf(definition, context)
    if (schedule === null) return []
    const known = row.version === 1 ? createdAt : rows[index - 1]?.until
    const start = row.until === null ? job?.updated_at : undefined
    const after = known ?? start ?? Math.max(createdAt, horizon)
    return [{ version: row.version, definition, schedule, after, until: row.until }]
  })
}
