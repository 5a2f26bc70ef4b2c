import { sql } from 'kysely'
import type { Db } from './db.ts'

/** Changes kept of one job; the oldest go first. */
export const MAX_CHANGES_KEPT = 1_000

/** A slice of the changes in the order of their ids. */
export interface ChangeSlice {
  /** All changes of jobs that were deleted before this go. */
  deletedBefore: number
  /** Start after this id. */
  afterId: number
  limit: number
}

/**
 * Deletes from one slice of the log what is past its bounds: the oldest changes of jobs that have
 * more than are kept, and everything of jobs that were deleted long enough ago.
 * @returns the id to go on after; 0 at the end of the table
 */
export async function pruneChanges(
  db: Db,
  { deletedBefore, afterId, limit }: ChangeSlice
): Promise<number> {
  const slice = sql`(
    select id, job_id from carillon_changes where id > ${afterId} order by id limit ${limit}
  )`
  const { rows } = await sql<{ last_id: number | null; count: number }>`
    select max(id) as last_id, count(*) as count from ${slice} as slice
  `.execute(db.query)
  const [edge] = rows
  if (edge === undefined || edge.last_id === null) return 0
  const { rows: surplus } = await sql<{ id: number }>`
    select slice.id from ${slice} as slice join (
      select job_id,
        exists (select 1 from carillon_jobs where id = touched.job_id) as is_alive,
        (
          select at from carillon_changes where job_id = touched.job_id order by id desc limit 1
        ) as last_at,
        (
          select id from carillon_changes where job_id = touched.job_id
          order by id desc limit 1 offset ${MAX_CHANGES_KEPT}
        ) as surplus_until
      from (select distinct slice.job_id from ${slice} as slice) as touched
    ) as job on job.job_id = slice.job_id
    where slice.id <= job.surplus_until or (not job.is_alive and job.last_at < ${deletedBefore})
  `.execute(db.query)
  if (surplus.length > 0) {
    await sql`
      delete from carillon_changes where id ${db.dialect.among(surplus.map((row) => row.id))}
    `.execute(db.query)
  }
  return edge.count < limit ? 0 : edge.last_id
}
