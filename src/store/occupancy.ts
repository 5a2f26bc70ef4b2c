import { sql } from 'kysely'
import type { RunState } from '../domain/run.ts'
import type { TalliedEnd } from '../domain/run-tally.ts'
import type { Db } from './db.ts'
import { countEnds } from './run-counts.ts'

/** The run of a job that is in the way of another, and who holds it. */
export interface ActiveRun {
  id: number
  job_id: number
  state: RunState
  owner: number | null
}

/** The active runs of those jobs whose runs must not overlap. */
export async function listActiveRuns(db: Db, jobIds: readonly number[]): Promise<ActiveRun[]> {
  if (jobIds.length === 0) return []
  const { rows } = await sql<ActiveRun>`
    select id, job_id, state, owner from carillon_runs
    where active_key ${db.dialect.among(jobIds)}
  `.execute(db.query)
  return rows
}

/**
 * How many runs wait behind the active run of each job; jobs without any are left out. Those of a
 * backfill do not count: they were asked for in any number.
 */
export async function countQueuedRuns(
  db: Db,
  jobIds: readonly number[]
): Promise<{ job_id: number; queued: number }[]> {
  if (jobIds.length === 0) return []
  const { rows } = await sql<{ job_id: number; queued: number }>`
    select queue_key as job_id, count(*) as queued from carillon_runs
    where queue_key ${db.dialect.among(jobIds)} and cause <> 'backfill' group by queue_key
  `.execute(db.query)
  return rows
}

/** A run that gave way to a newer one of its job. */
export interface SupersededRun {
  job_id: number
  scheduled_for: number
}

/**
 * Takes back what waits behind the active runs of jobs, in favour of a newer run; a newer run is no
 * substitute for one of a backfill. The rows of the jobs are locked.
 */
export async function supersedeQueuedRuns(
  db: Db,
  jobIds: readonly number[],
  { now, replica }: { now: number; replica: number | null }
): Promise<SupersededRun[]> {
  if (jobIds.length === 0) return []
  const isQueued = sql`queue_key ${db.dialect.among(jobIds)} and cause <> 'backfill'`
  const { rows: superseded } = await sql<SupersededRun>`
    select queue_key as job_id, scheduled_for from carillon_runs where ${isQueued}
  `.execute(db.query)
  if (superseded.length === 0) return []
  await sql`
    update carillon_runs
    set state = 'skipped', reason = 'overlap', queue_key = null, finished_at = ${now}
    where ${isQueued}
  `.execute(db.query)
  await countEnds(db, replica, superseded.map(skipped))
  return superseded
}

function skipped({ scheduled_for: scheduledFor }: SupersededRun): TalliedEnd {
  return { scheduledFor, outcome: 'skipped', occurrences: 1 }
}

/**
 * Lets the oldest waiting run of each job go ahead, where no run of the job is active any more; what
 * waits of a backfill comes after what is due now. Who recorded a run may have a clock that is somewhat
 * ahead: it goes ahead when it is due by this one, too. The rows of the jobs are locked.
 */
export async function promoteQueuedRuns(
  db: Db,
  jobIds: readonly number[],
  now: number
): Promise<void> {
  if (jobIds.length === 0) return
  const { rows } = await sql<{ id: number }>`
    select
      coalesce(min(case when waiting.cause <> 'backfill' then waiting.id end), min(waiting.id)) as id
    from carillon_runs as waiting
    where waiting.queue_key ${db.dialect.among(jobIds)} and not exists (
      select 1 from carillon_runs as active where active.active_key = waiting.queue_key
    )
    group by waiting.queue_key
  `.execute(db.query)
  if (rows.length === 0) return
  await sql`
    update carillon_runs
    set available_at = case when scheduled_for + delay_ms > ${now}
        then scheduled_for + delay_ms else ${now} end,
      active_key = job_id, queue_key = null
    where id ${db.dialect.among(rows.map((row) => row.id))}
  `.execute(db.query)
}
