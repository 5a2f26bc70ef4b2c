import { sql } from 'kysely'
import { BACKFILL_SEQ } from '../domain/run.ts'
import type { Db } from './db.ts'
import { deleteLeftLogs, deleteRunLogs } from './run-logs.ts'

const finalStates = sql`('succeeded', 'failed', 'cancelled', 'skipped', 'missed')`

/** A slice of the runs in the order of their ids. */
export interface PruneSlice {
  /** Runs that ended before this are deleted. */
  endedBefore: number
  /** Start after this id. */
  afterId: number
  limit: number
}

/**
 * Deletes old runs from one slice of the table, walking in the order of ids, which is nearly the
 * order of age, and what was logged by runs that are gone. @returns how many were deleted, and the id to go on after; null at the first slice
 * whose runs are all too young.
 */
export async function pruneOldRuns(
  db: Db,
  { endedBefore, afterId, limit }: PruneSlice
): Promise<{ deleted: number; nextId: number | null }> {
  const slice = sql`(
    select id, queued_at from carillon_runs where id > ${afterId} order by id limit ${limit}
  )`
  const { rows } = await sql<{ last_id: number | null; oldest: number | null }>`
    select max(id) as last_id, min(queued_at) as oldest from ${slice} as slice
  `.execute(db.query)
  const [edge] = rows
  if (edge === undefined || edge.last_id === null || edge.oldest === null) return nothingLeft
  if (edge.oldest >= endedBefore) return nothingLeft
  const { numAffectedRows = 0n } = await sql`
    delete from carillon_runs where id > ${afterId} and id <= ${edge.last_id}
      and finished_at < ${endedBefore} and state in ${finalStates}
  `.execute(db.query)
  await deleteLeftLogs(db, { afterId, lastId: edge.last_id })
  return { deleted: Number(numAffectedRows), nextId: edge.last_id }
}

const nothingLeft = { deleted: 0, nextId: null }

// Those of a backfill are bounded by age alone: their occurrences are the oldest of the job, and would
// be gone before anybody saw what became of them.
const isCounted = sql`seq <> ${sql.lit(BACKFILL_SEQ)}`

/** Jobs after an id, with the occurrence where the surplus of their runs ends; null without one. */
export async function listSurplus(
  db: Db,
  { afterId, limit, keep }: { afterId: number; limit: number; keep: number }
): Promise<{ id: number; surplus_until: number | null }[]> {
  const { rows } = await sql<{ id: number; surplus_until: number | null }>`
    select id, (
      select scheduled_for from carillon_runs where job_id = carillon_jobs.id and ${isCounted}
      order by scheduled_for desc limit 1 offset ${keep}
    ) as surplus_until
    from carillon_jobs where id > ${afterId} order by id limit ${limit}
  `.execute(db.query)
  return rows
}

/** Deletes the oldest finished runs of a job up to an occurrence, at most `limit`, with what they logged. */
export async function pruneSurplus(
  db: Db,
  job: { id: number; surplusUntil: number },
  limit: number
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from carillon_runs
    where job_id = ${job.id} and scheduled_for <= ${job.surplusUntil} and ${isCounted}
      and state in ${finalStates}
    order by scheduled_for limit ${limit}
  `.execute(db.query)
  if (rows.length === 0) return 0
  const ids = rows.map((row) => row.id)
  await deleteRunLogs(db, ids)
  const { numAffectedRows = 0n } = await sql`
    delete from carillon_runs where id ${db.dialect.among(ids)}
  `.execute(db.query)
  return Number(numAffectedRows)
}

/** Deletes replicas and replaced definitions that no run refers to any more. */
export async function pruneLeftovers(db: Db, endedBefore: number, limit: number): Promise<void> {
  await sql`
    delete from carillon_replicas where stopped_at < ${endedBefore}
      and id not in (select owner from carillon_runs where owner is not null)
  `.execute(db.query)
  const { rows } = await sql<{ job_id: number; version: number }>`
    select version.job_id, version.version from carillon_job_versions as version
    where version.replaced_at < ${endedBefore} and not exists (
      select 1 from carillon_runs as run where run.job_id = version.job_id
        and run.job_version = version.version and run.state in ('pending', 'running')
    )
    limit ${limit}
  `.execute(db.query)
  for (const { job_id: jobId, version } of rows) {
    await db.query
      .deleteFrom('carillon_job_versions')
      .where('job_id', '=', jobId)
      .where('version', '=', version)
      .execute()
  }
}
