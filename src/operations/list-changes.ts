import type { Change } from '../domain/change.ts'
import { toChange } from '../store/change-codec.ts'
import { listChanges, type ChangePage } from '../store/changes.ts'
import { getJobRow, type Core } from './core.ts'

/**
 * What was done to a job, the newest first. The changes of a deleted job are still there until
 * retention.
 * @throws CarillonError `job_not_found` when there is neither such a job nor a change of it
 */
export async function getChanges({ db }: Core, id: number, page: ChangePage): Promise<Change[]> {
  const rows = await listChanges(db, id, page)
  if (rows.length === 0) {
    const [any] = await listChanges(db, id, { beforeId: null, limit: 1 })
    if (any === undefined) await getJobRow(db, id)
  }
  return rows.map(toChange)
}
