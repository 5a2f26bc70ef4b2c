import type { ChangeAction } from '../domain/change.ts'
import type { ChangeRow } from './change-codec.ts'
import type { Db } from './db.ts'

/** Changes that one page looks through at most, so that a filter that finds little costs little. */
export const MAX_CHANGES_SEEN = 10_000

/** Which changes are wanted; every part must hold. */
export interface ChangeFilter {
  actor?: string | undefined
  action?: ChangeAction | undefined
  jobId?: number | undefined
}

/** A page of the changes of all jobs; `beforeId` is where the page before ended. */
export interface AllChangesPage {
  filter: ChangeFilter
  beforeId: number | null
  limit: number
}

/**
 * The changes of all jobs, the newest first. A page ends after {@link MAX_CHANGES_SEEN} changes, however
 * few of them are wanted: there may be more of them behind it.
 */
export async function listAllChanges(
  db: Db,
  { filter, beforeId, limit }: AllChangesPage
): Promise<{ rows: ChangeRow[]; nextBeforeId: number | null }> {
  const { actor, action, jobId } = filter
  let slice = db.query.selectFrom('carillon_changes').orderBy('id', 'desc')
  if (jobId !== undefined) slice = slice.where('job_id', '=', jobId)
  if (beforeId !== null) slice = slice.where('id', '<', beforeId)
  const end = await slice
    .select('id')
    .offset(MAX_CHANGES_SEEN - 1)
    .limit(1)
    .executeTakeFirst()
  let wanted = slice
  if (end !== undefined) wanted = wanted.where('id', '>=', end.id)
  if (actor !== undefined) wanted = wanted.where('actor', '=', actor)
  if (action !== undefined) wanted = wanted.where('action', '=', action)
  const rows = await wanted
    .selectAll()
    .limit(limit + 1)
    .execute()
  if (rows.length <= limit) return { rows, nextBeforeId: end?.id ?? null }
  const shown = rows.slice(0, limit)
  return { rows: shown, nextBeforeId: shown.at(-1)?.id ?? null }
}
