import { sql } from 'kysely'
import type { RunEnd } from '../domain/run-hours.ts'
import type { Db } from './db.ts'
import { countEnds } from './run-counts.ts'

export interface Retry {
  now: number
  /** Whether it must be the only active run of its job. */
  exclusive: boolean
  /** Why it waits. */
  reason: string
  /** JSON of all attempts so far. */
  attempts: string | null
}

/**
 * Lets a finished run be claimed once more: it is no longer at the end that was counted. The row of
 * its job is locked.
 */
export async function retryRun(db: Db, id: number, retry: Retry): Promise<void> {
  const { rows } = await sql<{ scheduled_for: number; outcome: RunEnd }>`
    select scheduled_for, state as outcome from carillon_runs
    where id = ${id} and state in ('failed', 'cancelled')
  `.execute(db.query)
  const takenBack = rows.map(({ scheduled_for: scheduledFor, outcome }) => ({
    scheduledFor,
    outcome,
    occurrences: -1
  }))
  await countEnds(db, null, takenBack)
  await sql`
    update carillon_runs
    set state = 'pending', reason = ${retry.reason}, available_at = ${retry.now},
      active_key = ${retry.exclusive ? sql`job_id` : sql`null`}, attempts = ${retry.attempts},
      finished_at = null, cancel_requested_at = null, cancel_reason = null, result = null,
      error = null
    where id = ${id} and state in ('failed', 'cancelled')
  `.execute(db.query)
}
