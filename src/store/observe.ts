import { sql, type RawBuilder } from 'kysely'
import type { Db } from './db.ts'
import { listAvailableLevels, listPlannedLevels, type Level } from './levels.ts'

/** What a scrape shows of a job. Instants are epoch milliseconds. */
export interface ObservedJob {
  id: number
  next_run_at: number | null
  last_success_at: number | null
  consecutive_failures: number
}

/** The first jobs, by id, that are not finished. */
export function listObservedJobs(db: Db, limit: number): Promise<ObservedJob[]> {
  return db.query
    .selectFrom('carillon_jobs')
    .select(['id', 'next_run_at', 'last_success_at', 'consecutive_failures'])
    .where('state', '<>', 'finished')
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** How many jobs are in each state; read from an index. */
export async function countJobStates(db: Db): Promise<{ state: string; count: number }[]> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count from carillon_jobs group by state
  `.execute(db.query)
  return rows
}

/** What is due and has not been started, paused or not; counting stops at `limit` for each priority. */
export async function findBacklog(
  db: Db,
  now: number,
  limit: number
): Promise<{ count: number; oldest_due_at: number | null }> {
  const backlog = { count: 0, oldest_due_at: null as number | null }
  const add = async (level: Level, due: RawBuilder<unknown>): Promise<void> => {
    if (level.at > now) return
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (
        select 1 as one ${due} and priority = ${level.priority} limit ${limit}
      ) as due
    `.execute(db.query)
    backlog.count += rows[0]?.count ?? 0
    backlog.oldest_due_at = Math.min(backlog.oldest_due_at ?? level.at, level.at)
  }
  for (const level of await listPlannedLevels(db)) {
    await add(level, sql`from carillon_jobs where next_run_at <= ${now}`)
  }
  for (const level of await listAvailableLevels(db, null)) {
    await add(level, sql`from carillon_runs where available_at <= ${now}`)
  }
  return backlog
}

/** Which of these jobs have runs that are not finished. */
export async function listUnfinishedJobs(db: Db, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ job_id: number }>`
    select distinct job_id from carillon_runs
    where job_id ${db.dialect.among(ids)} and state in ('pending', 'running')
  `.execute(db.query)
  return rows.map((row) => row.job_id)
}
