import type { Db } from './db.ts'
import { idsWithTag } from './list-jobs.ts'

/** What is needed of a job to compute its occurrences. */
export interface EnabledJobRow {
  id: number
  definition: string
  created_at: number
  next_run_at: number
  scheduled_runs: number
}

/** Jobs that have occurrences to come, those with a tag if one is given, in the order of their ids. */
export async function listEnabledJobs(
  db: Db,
  { afterId, limit, tag }: { afterId: number; limit: number; tag?: string | undefined }
): Promise<EnabledJobRow[]> {
  let query = db.query.selectFrom('carillon_jobs')
  if (tag !== undefined) query = query.where('id', 'in', idsWithTag(db, tag))
  return query
    .select(['id', 'definition', 'created_at', 'next_run_at', 'scheduled_runs'])
    .where('state', '=', 'enabled')
    .where('id', '>', afterId)
    .where('next_run_at', 'is not', null)
    .$narrowType<{ next_run_at: number }>()
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Moves the next occurrence, unless the job has moved on in the meantime. */
export async function correctNextRun(
  db: Db,
  { id, before, after }: { id: number; before: number; after: number | null }
): Promise<void> {
  await db.query
    .updateTable('carillon_jobs')
    .set({ next_run_at: after, ...(after === null && { state: 'finished' as const }) })
    .where('id', '=', id)
    .where('next_run_at', '=', before)
    .where('state', '=', 'enabled')
    .execute()
}
