import { sql } from 'kysely'
import { RUN_ACTIONS } from '../domain/change.ts'
import type { Db } from './db.ts'

/** Changes kept of one job, and as many of what was done to its runs; the oldest go first. */
export const MAX_CHANGES_KEPT = 1_000

/** A slice of the changes in the order of their ids. */
export interface ChangeSlice {
  /**
   * What was done to runs before this goes, and all changes of jobs that were deleted before it.
   * Epoch milliseconds.
   */
  before: number
  /** Start after this id. */
  afterId: number
  limit: number
}

/** What became of a slice. */
export interface PrunedChanges {
  /** The id to go on after; 0 at the end of the table. */
  nextId: number
  deleted: number
}

const ofRuns = sql`(${sql.join(RUN_ACTIONS)})`

/**
 * Deletes from one slice of the log what is past its bounds. What is done to runs may be done once a
 * second: it is let go as runs are, and takes no place from what was done to the job itself, of which
 * the oldest go when there are more than are kept.
 */
export async function pruneChanges(
  db: Db,
  { before, afterId, limit }: ChangeSlice
): Promise<PrunedChanges> {
  const slice = sql`(
    select id, job_id, at, action from carillon_changes where id > ${afterId}
    order by id limit ${limit}
  )`
  const { rows } = await sql<{ last_id: number | null; count: number }>`
    select max(id) as last_id, count(*) as count from ${slice} as slice
  `.execute(db.query)
  const [edge] = rows
  if (edge === undefined || edge.last_id === null) return { nextId: 0, deleted: 0 }
  const { rows: found } = await sql<{ id: number; is_over: number | boolean }>`
    select slice.id,
      slice.action in ${ofRuns} or (not job.is_alive and job.last_at < ${before}) as is_over
    from ${slice} as slice join (
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
    where slice.id <= job.surplus_until
      or (not job.is_alive and job.last_at < ${before})
      or (slice.action in ${ofRuns} and slice.at < ${before})
  `.execute(db.query)
  const over = found.filter((row) => Boolean(row.is_over)).map((row) => row.id)
  const behind = found.filter((row) => !row.is_over).map((row) => row.id)
  const ids = [...over, ...(await listSurplus(db, behind))]
  if (ids.length > 0) {
    await sql`delete from carillon_changes where id ${db.dialect.among(ids)}`.execute(db.query)
  }
  return { nextId: edge.count < limit ? 0 : edge.last_id, deleted: ids.length }
}

/**
 * Of these changes of jobs themselves, those that are more than are kept. There are many changes after
 * each of them, but those may be of runs: only here are they told apart, which no index does.
 */
async function listSurplus(db: Db, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const behind = sql`(
    select id, job_id from carillon_changes where id ${db.dialect.among(ids)}
  )`
  const { rows } = await sql<{ id: number }>`
    select behind.id from ${behind} as behind join (
      select job_id,
        (
          select id from carillon_changes
          where job_id = touched.job_id and action not in ${ofRuns}
          order by id desc limit 1 offset ${MAX_CHANGES_KEPT}
        ) as surplus_until
      from (select distinct behind.job_id from ${behind} as behind) as touched
    ) as job on job.job_id = behind.job_id
    where behind.id <= job.surplus_until
  `.execute(db.query)
  return rows.map((row) => row.id)
}
