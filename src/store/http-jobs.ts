import type { Db } from './db.ts'

/** A job that calls a URL, which is in its definition. */
export interface HttpJobRow {
  id: number
  definition: string
}

/** Enabled jobs with an `http` target and a larger id, in the order of their ids. */
export async function listHttpJobs(
  db: Db,
  { afterId, limit }: { afterId: number; limit: number }
): Promise<HttpJobRow[]> {
  return db.query
    .selectFrom('carillon_jobs')
    .select(['id', 'definition'])
    .where('state', '=', 'enabled')
    .where('target', '=', 'http')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
}
