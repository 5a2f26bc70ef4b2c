import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { ChangeTable } from './tables.ts'

/** What can be done to a job. */
export const CHANGE_ACTIONS = [
  'created',
  'updated',
  'paused',
  'resumed',
  'skipped',
  'deleted'
] as const
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

export interface NewChange {
  jobId: number
  /** Epoch milliseconds. */
  at: number
  action: ChangeAction
  /** The version of the job after the change. */
  version: number
  /** What was changed; plain JSON. */
  detail: Record<string, unknown> | null
}

/** Notes what was done to a job, in the transaction that does it. */
export async function insertChange(db: Db, change: NewChange): Promise<void> {
  await db.query
    .insertInto('carillon_changes')
    .values({
      job_id: change.jobId,
      at: change.at,
      action: change.action,
      actor: null,
      version: change.version,
      detail: change.detail === null ? null : JSON.stringify(change.detail)
    })
    .execute()
}

export type ChangeRow = Selectable<ChangeTable>

/** The changes of a job, the newest first, before an id if one is given. */
export function listChanges(
  db: Db,
  { jobId, beforeId, limit }: { jobId: number; beforeId: number | null; limit: number }
): Promise<ChangeRow[]> {
  let query = db.query.selectFrom('carillon_changes').selectAll().where('job_id', '=', jobId)
  if (beforeId !== null) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}
