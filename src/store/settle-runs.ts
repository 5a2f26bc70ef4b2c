import { sql } from 'kysely'
import type { TalliedEnd } from '../domain/run-tally.ts'
import type { Db } from './db.ts'
import type { Columns, Row } from './dialect.ts'
import { countEnds } from './run-counts.ts'

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

/** What a run is in after its result was written, and why. */
export type SettledState = Pick<Settlement, 'state' | 'reason'>

const GIVEN: Columns = {
  id: 'integer',
  attempt: 'integer',
  holder: 'integer',
  outcome: 'text',
  why: 'text',
  next_at: 'integer',
  ended_at: 'integer',
  result_json: 'text',
  error_json: 'text',
  attempts_json: 'text'
}

const isCancelled = sql`carillon_runs.cancel_requested_at is not null`

const SET = sql`
  state = case when given.outcome = 'pending' and ${isCancelled} then 'cancelled'
    else given.outcome end,
  reason = case when given.outcome = 'pending' and ${isCancelled}
    then carillon_runs.cancel_reason else given.why end,
  available_at = case when not ${isCancelled} then given.next_at end,
  active_key = case when given.outcome = 'pending' and not ${isCancelled}
    then carillon_runs.active_key end,
  finished_at = case when given.outcome = 'pending' and not ${isCancelled} then null
    else given.ended_at end,
  result = given.result_json,
  error = given.error_json,
  attempts = coalesce(given.attempts_json, carillon_runs.attempts),
  owner = null
`

/**
 * Writes results and returns, by id, what became of those that were accepted: a result counts only if
 * the replica still holds the run, under the claim it was started with. A run that was to be
 * cancelled does not go back to pending: it is cancelled.
 */
export async function settleRuns(
  db: Db,
  owner: number,
  settlements: readonly Settlement[]
): Promise<Map<number, SettledState>> {
  if (settlements.length === 0) return new Map()
  const rows = settlements.map((one): Row => [
    one.id,
    one.attempt,
    owner,
    one.state,
    one.reason,
    one.availableAt,
    one.finishedAt,
    one.result,
    one.error,
    one.attempts
  ])
  const accepted = await db.dialect.updateRows<SettledRow>(db.query, {
    table: 'carillon_runs',
    set: SET,
    given: db.dialect.rows(rows, GIVEN),
    // The owner is given with each row, and has a plus, so that neither the planner of PostgreSQL nor
    // that of SQLite begins with all runs of the owner instead of with the given rows.
    on: sql`carillon_runs.id = given.id and carillon_runs.attempt = given.attempt
      and +carillon_runs.owner = given.holder`,
    returning: ['id', 'state', 'reason', 'scheduled_for']
  })
  await countEnds(db, owner, accepted.flatMap(endOf))
  return new Map(accepted.map(({ id, state, reason }) => [id, { state, reason }]))
}

interface SettledRow extends SettledState {
  id: number
  scheduled_for: number
}

function endOf({ state: outcome, scheduled_for: scheduledFor }: SettledRow): TalliedEnd[] {
  return outcome === 'pending' ? [] : [{ scheduledFor, outcome, occurrences: 1 }]
}
