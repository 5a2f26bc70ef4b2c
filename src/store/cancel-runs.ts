import { sql } from 'kysely'
import type { RunState } from '../domain/run.ts'
import type { Db } from './db.ts'

/** A run of which cancelling was asked. */
export interface CancelledRun {
  id: number
  job_id: number
  /** `cancelled` when it had not started; `running` when its replica has been told to stop it. */
  state: RunState
  owner: number | null
}

/** Asks for the end of unfinished runs: at once for those that wait, by their replica for the rest. */
export async function cancelRuns(
  db: Db,
  ids: readonly number[],
  { now, reason }: { now: number; reason: string | null }
): Promise<CancelledRun[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CancelledRun>`
    update carillon_runs set
      cancel_requested_at = coalesce(cancel_requested_at, ${now}),
      reason = case when state = 'pending' then ${reason} else reason end,
      finished_at = case when state = 'pending' then ${now} else finished_at end,
      available_at = null,
      active_key = case when state = 'pending' then null else active_key end,
      queue_key = null,
      state = case when state = 'pending' then 'cancelled' else state end
    where id in ${db.dialect.list(ids)} and state in ('pending', 'running')
    returning id, job_id, state, owner
  `.execute(db.query)
  await signalOwners(db, rows)
  return rows
}

/** A replica that sees its count rise looks which of its runs are to be stopped. */
async function signalOwners(db: Db, runs: readonly CancelledRun[]): Promise<void> {
  const owners = [...new Set(runs.flatMap((run) => (run.owner === null ? [] : [run.owner])))]
  if (owners.length === 0) return
  await sql`
    update carillon_replicas set signals = signals + 1 where id in ${db.dialect.list(owners)}
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

/** Runs that a replica holds and is to stop. */
export async function listCancelRequests(db: Db, owner: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from carillon_runs where owner = ${owner} and cancel_requested_at is not null
  `.execute(db.query)
  return rows.map((row) => row.id)
}
