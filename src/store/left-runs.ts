import { sql } from 'kysely'
import type { Db } from './db.ts'

/** Runs that are held by nobody who lives. */
export interface LeftRuns {
  owner: number
  runs: number
  /** Null when the replica was deleted. */
  name: string | null
  /** The end of its lease; null when it has stopped. */
  expires_at: number | null
}

/** How many runs each replica holds whose lease is over at `now`, the oldest replica first. */
export async function listLeftRuns(db: Db, now: number): Promise<LeftRuns[]> {
  const { rows } = await sql<LeftRuns>`
    select held.owner, held.runs, replica.name, replica.expires_at
    from (
      select owner, count(*) as runs from carillon_runs where owner is not null group by owner
    ) as held
    left join carillon_replicas as replica on replica.id = held.owner
    where replica.expires_at is null or replica.expires_at <= ${now}
    order by held.owner
  `.execute(db.query)
  return rows
}
