import { sql, type RawBuilder } from 'kysely'
import type { Found, Part } from './check-jobs.ts'
import type { Db } from './db.ts'
import { listAvailableLevels } from './levels.ts'
import { findNewestId } from './news.ts'

/** Of runs that may overlap only the newest are looked at: no index leads to the others. */
const NEWEST = 1_000

/**
 * Runs that are running and have no owner. Looked at are the active runs of the next `size` jobs whose
 * runs must not overlap, and the newest of all.
 */
export async function listUnheldRuns(db: Db, { after, size, limit }: Part): Promise<Found> {
  const last = await db.query
    .selectFrom('carillon_runs')
    .select('active_key')
    .where('active_key', '>', after)
    .orderBy('active_key')
    .offset(size - 1)
    .limit(1)
    .executeTakeFirst()
  const next = last?.active_key ?? 0
  const upTo = next === 0 ? sql`` : sql`and active_key <= ${next}`
  const { rows: active } = await sql<{ id: number }>`
    select id from carillon_runs
    where active_key > ${after} ${upTo} and state = 'running' and owner is null
    order by active_key limit ${limit}
  `.execute(db.query)
  const { rows: newest } = await sql<{ id: number }>`
    select id from carillon_runs
    where id > ${(await findNewestId(db, 'carillon_runs')) - NEWEST}
      and state = 'running' and owner is null limit ${limit}
  `.execute(db.query)
  return { ids: [...new Set([...active, ...newest].map((row) => row.id))], next }
}

/** Who holds a run that has no owner although none can be found: ids of replicas begin at 1. */
const NOBODY = sql.lit(0)

/** Lets running runs that have no owner belong to the replica that started them again. */
export async function giveBackRuns(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update carillon_runs set owner = coalesce(replica, ${NOBODY})
    where id ${db.dialect.among(ids)} and state = 'running' and owner is null
  `.execute(db.query)
}

/** A run that a replica holds which is no more. */
export interface AbandonedRun {
  id: number
  attempt: number
  owner: number
}

/** Runs of others than `self` who stopped or whose lease was over before an instant, or never were. */
export async function listAbandonedRuns(
  db: Db,
  { self, endedBefore, limit }: { self: number; endedBefore: number; limit: number }
): Promise<AbandonedRun[]> {
  const { rows } = await sql<AbandonedRun>`
    select id, attempt, owner from carillon_runs
    where owner is not null and owner <> ${self} and owner not in (
      select id from carillon_replicas where expires_at > ${endedBefore} or stopped_at > ${endedBefore}
    ) limit ${limit}
  `.execute(db.query)
  return rows
}

/**
 * Runs that wait or run although their job is gone. What a job leaves behind in order is not among
 * them: its definition is kept, and they have begun, or are to be cancelled already. So many are
 * looked at of what runs, of what waits behind another run, and of each priority of the rest.
 */
export async function listOrphanedRuns(
  db: Db,
  { size, limit }: Omit<Part, 'after'>
): Promise<number[]> {
  const levels = await listAvailableLevels(db, null)
  const places = [
    sql`owner is not null order by owner`,
    sql`queue_key is not null order by queue_key`,
    ...levels.map(
      ({ priority }) =>
        sql`priority = ${priority} and available_at is not null order by available_at`
    )
  ]
  const jobless: JoblessRun[] = []
  for (const place of places) jobless.push(...(await listJobless(db, place, size)))
  const kept = await listKeptDefinitions(db, jobless)
  const orphans = jobless.filter((run) => run.attempt === 0 || !kept.has(definitionKey(run)))
  return orphans.slice(0, limit).map((run) => run.id)
}

interface JoblessRun {
  id: number
  job_id: number
  job_version: number
  attempt: number
}

async function listJobless(
  db: Db,
  place: RawBuilder<unknown>,
  size: number
): Promise<JoblessRun[]> {
  const { rows } = await sql<JoblessRun>`
    select id, job_id, job_version, attempt from (
      select id, job_id, job_version, attempt, cancel_requested_at from carillon_runs
      where ${place} limit ${size}
    ) as part
    where cancel_requested_at is null
      and not exists (select 1 from carillon_jobs as job where job.id = part.job_id)
  `.execute(db.query)
  return rows
}

/** Asked for apart from the runs: a join would read all definitions to find that none is wanted. */
async function listKeptDefinitions(db: Db, runs: readonly JoblessRun[]): Promise<Set<string>> {
  if (runs.length === 0) return new Set()
  const { rows } = await sql<Pick<JoblessRun, 'job_id' | 'job_version'>>`
    select job_id, version as job_version from carillon_job_versions
    where job_id ${db.dialect.among(runs.map((run) => run.job_id))}
  `.execute(db.query)
  return new Set(rows.map(definitionKey))
}

function definitionKey(run: Pick<JoblessRun, 'job_id' | 'job_version'>): string {
  return `${run.job_id} ${run.job_version}`
}
