import { sql } from 'kysely'
import type { ChangeRow } from './change-codec.ts'
import type { Db } from './db.ts'
import { listAvailableLevels } from './levels.ts'
import type { RunNews } from './run-codec.ts'

/** The highest id there is; 0 without any. Read from the end of the primary key. */
export async function findNewestId(
  db: Db,
  table: 'carillon_runs' | 'carillon_changes'
): Promise<number> {
  const row = await db.query
    .selectFrom(table)
    .select(({ fn }) => fn.max<number | null>('id').as('id'))
    .executeTakeFirst()
  return row?.id ?? 0
}

/** Without the columns that may be large. */
function selectNews(db: Db) {
  return db.query
    .selectFrom('carillon_runs')
    .select(['id', 'job_id', 'scheduled_for', 'cause', 'state', 'reason', 'attempt'])
    .select(['started_at', 'finished_at', 'error'])
}

/** Runs that were recorded after one, the oldest first. */
export function listRunsAfter(db: Db, id: number, limit: number): Promise<RunNews[]> {
  return selectNews(db).where('id', '>', id).orderBy('id').limit(limit).execute()
}

/** Runs that replicas hold now. */
export function listRunningRuns(db: Db, limit: number): Promise<RunNews[]> {
  return selectNews(db).where('owner', 'is not', null).limit(limit).execute()
}

/** Runs that wait, for their instant or behind another one: so many of each priority. */
export async function listWaitingRunIds(db: Db, limit: number): Promise<number[]> {
  const runs = db.query.selectFrom('carillon_runs').select('id').limit(limit)
  const waiting = await runs.where('queue_key', 'is not', null).execute()
  for (const { priority } of await listAvailableLevels(db, null)) {
    const ofLevel = runs.where('priority', '=', priority).where('available_at', 'is not', null)
    waiting.push(...(await ofLevel.execute()))
  }
  return waiting.map((run) => run.id)
}

/** These runs, as far as they are there. */
export async function listRunsByIds(db: Db, ids: readonly number[]): Promise<RunNews[]> {
  if (ids.length === 0) return []
  return selectNews(db)
    .where(sql<boolean>`id ${db.dialect.among(ids)}`)
    .execute()
}

/** What was done to jobs after a change, the oldest first. */
export function listChangesAfter(db: Db, id: number, limit: number): Promise<ChangeRow[]> {
  return db.query
    .selectFrom('carillon_changes')
    .selectAll()
    .where('id', '>', id)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** These changes, as far as they are there. */
export async function listChangesByIds(db: Db, ids: readonly number[]): Promise<ChangeRow[]> {
  if (ids.length === 0) return []
  return db.query
    .selectFrom('carillon_changes')
    .selectAll()
    .where(sql<boolean>`id ${db.dialect.among(ids)}`)
    .execute()
}
