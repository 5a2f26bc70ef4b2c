import { sql } from 'kysely'
import type { Db } from './db.ts'

/** The ids of the jobs that have these keys. */
export async function listJobIdsByKey(db: Db, keys: readonly string[]): Promise<number[]> {
  if (keys.length === 0) return []
  const rows = await db.query
    .selectFrom('carillon_jobs')
    .select('id')
    .where(sql<boolean>`job_key ${db.dialect.amongTexts(keys)}`)
    .execute()
  return rows.map(({ id }) => id)
}

/** The ids of all jobs with a key; with a tag, of those that have it too. */
export async function listKeyedJobIds(db: Db, tag: string | undefined): Promise<number[]> {
  let query = db.query.selectFrom('carillon_jobs').select('id').where('job_key', 'is not', null)
  if (tag !== undefined) {
    query = query.where('id', 'in', (inner) =>
      inner.selectFrom('carillon_job_tags').select('job_id').where('tag', '=', tag)
    )
  }
  const rows = await query.execute()
  return rows.map(({ id }) => id)
}
