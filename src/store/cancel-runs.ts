import { sql } from 'kysely'
import type { RunCause, RunState } from '../domain/run.ts'
import type { TalliedEnd } from '../domain/run-tally.ts'
import type { TargetType } from '../domain/target.ts'
import type { Db } from './db.ts'
import { countEnds } from './run-counts.ts'

/** A run of which cancelling was asked. */
export interface CancelledRun {
  id: number
  job_id: number
  /** `cancelled` when it had not started; `running` when its replica has been told to stop it. */
  state: RunState
  owner: number | null
  cause: RunCause
  scheduled_for: number
  /** Of the job as it is now. */
  target: TargetType
}

/** Why and when cancelling is asked for, and by which replica; by nobody's, if left out. */
export interface CancelOptions {
  now: number
  reason: string | null
  replica?: number | null
}

/**
 * Asks for the end of unfinished runs: at once for those that wait, by their replica for the rest. The
 * rows of their jobs are locked.
 */
export async function cancelRuns(
  db: Db,
  ids: readonly number[],
  { now, reason, replica = null }: CancelOptions
): Promise<CancelledRun[]> {
  if (ids.length === 0) return []
  const { rows: unfinished } = await sql<CancelledRun>`
    select id, job_id, state, owner, cause, scheduled_for,
      coalesce((select target from carillon_jobs where id = carillon_runs.job_id), 'log') as target
    from carillon_runs
    where id ${db.dialect.among(ids)} and state in ('pending', 'running') ${db.dialect.forUpdate}
  `.execute(db.query)
  const idsOf = (state: RunState) =>
    unfinished.filter((run) => run.state === state).map((run) => run.id)
  const waiting = idsOf('pending')
  if (waiting.length > 0) {
    await sql`
      update carillon_runs
      set state = 'cancelled', reason = ${reason}, finished_at = ${now}, cancel_requested_at = ${now},
        available_at = null, active_key = null, queue_key = null
      where id ${db.dialect.among(waiting)}
    `.execute(db.query)
    await countEnds(db, replica, unfinished.flatMap(endOf))
  }
  const running = idsOf('running')
  if (running.length > 0) {
    await sql`
      update carillon_runs
      set cancel_requested_at = ${now}, cancel_reason = ${reason}
      where id ${db.dialect.among(running)} and cancel_requested_at is null
    `.execute(db.query)
  }
  const cancelled = unfinished.map((run): CancelledRun =>
    run.state === 'pending' ? { ...run, state: 'cancelled' } : run
  )
  await signalOwners(db, cancelled)
  return cancelled
}

function endOf(run: CancelledRun): TalliedEnd[] {
  if (run.state !== 'pending') return []
  return [{ scheduledFor: run.scheduled_for, outcome: 'cancelled', occurrences: 1 }]
}

/** A replica that sees its count rise looks which of its runs are to be stopped. */
async function signalOwners(db: Db, runs: readonly CancelledRun[]): Promise<void> {
  const owners = [...new Set(runs.flatMap((run) => (run.owner === null ? [] : [run.owner])))]
  if (owners.length === 0) return
  await sql`
    update carillon_replicas set signals = signals + 1 where id ${db.dialect.among(owners)}
  `.execute(db.query)
}

/** The runs of a job that are waiting or running. */
export async function listUnfinishedRuns(
  db: Db,
  jobId: number
): Promise<{ id: number; state: RunState }[]> {
  const { rows } = await sql<{ id: number; state: RunState }>`
    select id, state from carillon_runs
    where job_id = ${jobId} and state in ('pending', 'running')
  `.execute(db.query)
  return rows
}

/** A run that a replica holds and is to stop. */
export interface CancelRequest {
  id: number
  reason: string | null
}

export async function listCancelRequests(db: Db, owner: number): Promise<CancelRequest[]> {
  const { rows } = await sql<CancelRequest>`
    select id, cancel_reason as reason from carillon_runs
    where owner = ${owner} and cancel_requested_at is not null
  `.execute(db.query)
  return rows
}
