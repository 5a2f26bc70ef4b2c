import { sql } from 'kysely'
import type { Db } from './db.ts'

/** What becomes of a run that a replica held: its end, or its way back to pending. */
export interface Settlement {
  id: number
  /** The claim that the result belongs to. */
  attempt: number
  state: 'succeeded' | 'failed' | 'cancelled' | 'pending'
  reason: string | null
  /** When a pending run may start again; null for the others. */
  availableAt: number | null
  finishedAt: number
  /** JSON. */
  result: string | null
  /** JSON. */
  error: string | null
  /** JSON of all attempts so far, for a run that goes back to pending. */
  attempts: string | null
}

const COLUMNS = [
  'id',
  'attempt',
  'state',
  'reason',
  'available_at',
  'finished_at',
  'result',
  'error',
  'attempts'
] as const

/**
 * Writes results and returns, by id, the state of those that were accepted: a result counts only if
 * the replica still holds the run, under the claim it was started with. A run that was to be
 * cancelled does not go back to pending: it is cancelled.
 */
export async function settleRuns(
  db: Db,
  owner: number,
  settlements: readonly Settlement[]
): Promise<Map<number, Settlement['state']>> {
  if (settlements.length === 0) return new Map()
  const rows = db.dialect.rows(
    settlements.map((one) => [
      one.id,
      one.attempt,
      one.state,
      one.reason,
      one.availableAt,
      one.finishedAt,
      one.result,
      one.error,
      one.attempts
    ]),
    COLUMNS
  )
  // The plus keeps the planner from walking all runs of the owner for each row.
  const accepted = await sql<{ id: number; state: Settlement['state'] }>`
    update carillon_runs set
      state = case when settled.state = 'pending' and cancel_requested_at is not null
        then 'cancelled' else settled.state end,
      reason = case when settled.state <> 'pending' or cancel_requested_at is null
        then settled.reason end,
      available_at = case when cancel_requested_at is null then settled.available_at end,
      active_key = case when settled.state = 'pending' and cancel_requested_at is null
        then active_key end,
      finished_at = case when settled.state = 'pending' and cancel_requested_at is null
        then null else settled.finished_at end,
      result = settled.result,
      error = settled.error,
      attempts = coalesce(settled.attempts, carillon_runs.attempts),
      owner = null
    from ${rows} as settled
    where carillon_runs.id = settled.id
      and +carillon_runs.owner = ${owner}
      and carillon_runs.attempt = settled.attempt
    returning carillon_runs.id as id, carillon_runs.state as state
  `.execute(db.query)
  return new Map(accepted.rows.map((row) => [row.id, row.state]))
}
