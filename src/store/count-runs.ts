import { sql } from 'kysely'
import type { Db } from './db.ts'
import { listAvailableLevels } from './levels.ts'

/** How many runs each replica holds; of so many runs at most. */
export async function countHeldRuns(db: Db, limit: number): Promise<Map<number, number>> {
  const { rows } = await sql<{ owner: number; count: number }>`
    select owner, count(*) as count from (
      select owner from carillon_runs where owner is not null limit ${limit}
    ) as owned group by owner
  `.execute(db.query)
  return new Map(rows.map(({ owner, count }) => [owner, count]))
}

/** How many runs wait, for their instant or behind another one; up to `limit` of each priority. */
export async function countPendingRuns(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (
      select 1 as one from carillon_runs where queue_key is not null limit ${limit}
    ) as queued
  `.execute(db.query)
  let count = rows[0]?.count ?? 0
  for (const { priority, at } of await listAvailableLevels(db, null)) {
    const { rows: waiting } = await sql<{ count: number }>`
      select count(*) as count from (
        select 1 as one from carillon_runs
        where priority = ${priority} and available_at >= ${at} limit ${limit}
      ) as counted
    `.execute(db.query)
    count += waiting[0]?.count ?? 0
  }
  return count
}
