import { sql } from 'kysely'
import type { Db } from './db.ts'
import { listDueLevels } from './levels.ts'

/** An enabled job that has been due for long. */
export interface OverdueJob {
  id: number
  next_run_at: number
}

/**
 * Enabled jobs that were due at an instant and still are, the longest due of each priority first; none
 * while scheduling is paused, for then they are to be.
 */
export async function listOverdueJobs(
  db: Db,
  { dueBefore, limit }: { dueBefore: number; limit: number }
): Promise<OverdueJob[]> {
  const jobs: OverdueJob[] = []
  for (const { priority, at } of await listDueLevels(db)) {
    if (at > dueBefore || jobs.length >= limit) continue
    const { rows } = await sql<OverdueJob>`
      select id, next_run_at from carillon_jobs
      where priority = ${priority} and next_run_at <= ${dueBefore} and state = 'enabled'
      order by next_run_at limit ${limit - jobs.length}
    `.execute(db.query)
    jobs.push(...rows)
  }
  return jobs
}

/** A part of what there is: so many rows after the one where the last part ended. */
export interface Part {
  after: number
  size: number
  /** The most that is listed of it. */
  limit: number
}

/** What was found in a part, and where the next one begins; 0 when this was the last. */
export interface Found {
  ids: number[]
  next: number
}

/** Enabled jobs without a next occurrence, among the next `size` enabled ones by id. */
export async function listUnplannedJobs(db: Db, { after, size, limit }: Part): Promise<Found> {
  const enabled = db.query
    .selectFrom('carillon_jobs')
    .select('id')
    .where('state', '=', 'enabled')
    .where('id', '>', after)
    .orderBy('id')
  const last = await enabled
    .offset(size - 1)
    .limit(1)
    .executeTakeFirst()
  const part = last === undefined ? enabled : enabled.where('id', '<=', last.id)
  const rows = await part.where('next_run_at', 'is', null).limit(limit).execute()
  return { ids: rows.map((row) => row.id), next: last?.id ?? 0 }
}
