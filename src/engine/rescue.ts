import { formatInstant } from '../domain/instant.ts'
import type { RunError } from '../domain/outcome.ts'
import type { Attempt } from '../domain/run.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { summarizeJobs } from '../store/due-jobs.ts'
import { lockJobs } from '../store/jobs.ts'
import { promoteQueuedRuns } from '../store/occupancy.ts'
import { listHeldRuns, type OrphanedRun } from '../store/rescue-runs.ts'
import type { SettledRun } from './events.ts'
import { summarize } from './settlement.ts'
import { decodeAttempts, encodeJson } from '../store/run-codec.ts'
import { settleRuns, type Settlement } from '../store/settle-runs.ts'

/** A run whose replicas died this often in a row is taken to be what kills them. */
export const MAX_CRASHES = 3
const CRASHED_REPEATEDLY = 'crashed_repeatedly'
const BATCH = 500

/** What became of the runs of a dead replica. */
export interface Rescued {
  jobIds: number[]
  /** Runs that were taken back. */
  count: number
  /** Those that did not go back to pending. */
  ended: SettledRun[]
}

/**
 * Takes back the runs of a dead replica, in small transactions: they go back to pending, are
 * cancelled if that was asked, or fail when they have crashed too often.
 */
export async function rescueRuns(db: Db, owner: number, now: number): Promise<Rescued> {
  const rescued: Rescued = { jobIds: [], count: 0, ended: [] }
  for (;;) {
    const batch = await inTransaction(db, (trx) => rescueBatch(trx, owner, now))
    rescued.jobIds.push(...batch.jobIds)
    rescued.count += batch.count
    rescued.ended.push(...batch.ended)
    if (batch.isLast) return rescued
  }
}

async function rescueBatch(
  trx: Db,
  owner: number,
  now: number
): Promise<Rescued & { isLast: boolean }> {
  const orphans = await listHeldRuns(trx, owner, BATCH)
  const jobIds = [...new Set(orphans.map((orphan) => orphan.job_id))]
  await lockJobs(trx, jobIds)
  const all = orphans.map((run) => ({ run, settlement: settlementOf(run, now) }))
  const accepted = await settleRuns(
    trx,
    owner,
    all.map(({ settlement }) => settlement)
  )
  // Another replica may have found the same one dead.
  const ends = all.filter(({ run }) => accepted.has(run.id))
  await summarizeJobs(trx, summarize(ends))
  const ended = ends.flatMap(({ run, settlement: { state } }) =>
    state === 'failed' || state === 'cancelled' ? [settledRun(run, state, now)] : []
  )
  await promoteQueuedRuns(trx, jobIds, now)
  return { jobIds, count: ends.length, isLast: orphans.length < BATCH, ended }
}

function settledRun(run: OrphanedRun, state: 'failed' | 'cancelled', now: number): SettledRun {
  const failed = state === 'failed'
  const error = failed ? repeatedCrash(run) : null
  return { run, state, reason: failed ? CRASHED_REPEATEDLY : 'crashed', finished_at: now, error }
}

function repeatedCrash({ replica_name: replica }: OrphanedRun): RunError {
  const message = `The replica ${replica ?? ''} that ran it is gone. It happened ${MAX_CRASHES} times.`
  return { code: CRASHED_REPEATEDLY, message }
}

function settlementOf(orphan: OrphanedRun, now: number): Settlement {
  const earlier = decodeAttempts(orphan.attempts)
  const lastOther = earlier.findLastIndex((attempt) => attempt.outcome !== 'crashed')
  const crashes = earlier.length - (lastOther + 1) + 1
  const message = `The replica ${orphan.replica_name ?? ''} that ran it is gone.`
  const crash: Attempt = {
    attempt: orphan.attempt,
    started_at: formatInstant(orphan.started_at),
    finished_at: formatInstant(now),
    outcome: 'crashed',
    replica: orphan.replica_name,
    error: { code: 'crashed', message }
  }
  const attempts = encodeJson([...earlier, crash])
  const base = { id: orphan.id, attempt: orphan.attempt, result: null, attempts, finishedAt: now }
  if (orphan.cancel_requested_at !== null) {
    return { ...base, state: 'cancelled', reason: 'crashed', availableAt: null, error: null }
  }
  if (crashes < MAX_CRASHES) {
    return { ...base, state: 'pending', reason: 'rescued', availableAt: now, error: null }
  }
  const error = encodeJson(repeatedCrash(orphan))
  return { ...base, state: 'failed', reason: CRASHED_REPEATEDLY, availableAt: null, error }
}
