import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { RunRow } from './run-codec.ts'
import { selectRuns } from './list-runs.ts'
import type { JobVersionTable } from './tables.ts'

export type JobVersionRow = Selectable<JobVersionTable>

/** The records of one instant: of the occurrence, of a backfill, and of runs by hand. */
export function listRunsAt(
  db: Db,
  { jobId, at, limit }: { jobId: number; at: number; limit: number }
): Promise<RunRow[]> {
  return selectRuns(db)
    .where('job_id', '=', jobId)
    .where('scheduled_for', '=', at)
    .orderBy('seq')
    .limit(limit)
    .execute()
}

/** The record of the last occurrence up to an instant: the only one that may be a range over it. */
export function findLastRecord(db: Db, jobId: number, at: number): Promise<RunRow | undefined> {
  return selectRuns(db)
    .where('job_id', '=', jobId)
    .where('scheduled_for', '<=', at)
    .where('seq', '=', 0)
    .orderBy('scheduled_for', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The first occurrence after an instant that has a record; null when none has. */
export async function findNextRecordAt(db: Db, jobId: number, at: number): Promise<number | null> {
  const row = await db.query
    .selectFrom('carillon_runs')
    .select('scheduled_for')
    .where('job_id', '=', jobId)
    .where('scheduled_for', '>', at)
    .where('seq', '=', 0)
    .orderBy('scheduled_for')
    .limit(1)
    .executeTakeFirst()
  return row?.scheduled_for ?? null
}

/**
 * Replaced definitions of a job around an instant, oldest first: at most `limit` that were replaced
 * before it, and as many that were replaced then or later.
 */
export async function listVersionsAround(
  db: Db,
  jobId: number,
  { at, limit }: { at: number; limit: number }
): Promise<JobVersionRow[]> {
  const versions = db.query
    .selectFrom('carillon_job_versions')
    .selectAll()
    .where('job_id', '=', jobId)
    .limit(limit)
  const before = await versions.where('replaced_at', '<', at).orderBy('version', 'desc').execute()
  const since = await versions.where('replaced_at', '>=', at).orderBy('version').execute()
  return [...before.toReversed(), ...since]
}
