import { sql, type RawBuilder } from 'kysely'
import type { Db } from './db.ts'

/** What a run is found by among those of its job. */
export interface RunPlace {
  id: number
  job_id: number
  scheduled_for: number
}

/** The ids of the runs of the same job before and after a run, in the order of the list; null at its ends. */
export async function findNeighbours(
  db: Db,
  { id, job_id: jobId, scheduled_for: at }: RunPlace
): Promise<{ before: number | null; after: number | null }> {
  // The first comparison is in the other one, too, but alone it tells planners where to begin.
  const nearest = async (beyond: RawBuilder<unknown>, order: RawBuilder<unknown>) => {
    const { rows } = await sql<{ id: number }>`
      select id from carillon_runs where job_id = ${jobId} and ${beyond}
      order by scheduled_for ${order}, id ${order} limit 1
    `.execute(db.query)
    return rows[0]?.id ?? null
  }
  const before = sql`scheduled_for <= ${at} and (scheduled_for < ${at} or id < ${id})`
  const after = sql`scheduled_for >= ${at} and (scheduled_for > ${at} or id > ${id})`
  return { before: await nearest(before, sql`desc`), after: await nearest(after, sql`asc`) }
}
