import type { Change } from '../domain/change.ts'
import { toChange } from '../store/change-codec.ts'
import { listAllChanges, type AllChangesPage } from '../store/all-changes.ts'
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

/** A page of the changes of all jobs. */
export interface ChangesPage {
  changes: Change[]
  /** The `beforeId` of the next page; null on the last one. A page may be short and have a next one. */
  nextBeforeId: number | null
}

/** What was done to all jobs, the newest first. */
export async function getAllChanges({ db }: Core, page: AllChangesPage): Promise<ChangesPage> {
  const { rows, nextBeforeId } = await listAllChanges(db, page)
  return { changes: rows.map(toChange), nextBeforeId }
}
