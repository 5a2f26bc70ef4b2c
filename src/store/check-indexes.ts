import { sql } from 'kysely'
import type { Db } from './db.ts'
import { findNewestId } from './news.ts'

/** The unique indexes on which promises rest. */
const UNIQUE_INDEXES = ['carillon_runs_occurrence', 'carillon_runs_active', 'carillon_jobs_key']

/** The names of those that are not there, or not valid. */
export async function listMissingIndexes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`${db.dialect.uniqueIndexes}`.execute(db.query)
  const names = new Set(rows.map((row) => row.name))
  return UNIQUE_INDEXES.filter((name) => !names.has(name))
}

/**
 * Of occurrences that have several records among the newest runs, the newest record, without the help
 * of any index on occurrences.
 */
export async function listDuplicates(
  db: Db,
  { size, limit }: { size: number; limit: number }
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select max(id) as id from carillon_runs
    where id > ${(await findNewestId(db, 'carillon_runs')) - size}
    group by job_id, scheduled_for, seq having count(*) > 1 limit ${limit}
  `.execute(db.query)
  return rows.map((row) => row.id)
}
