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
import { decodeAttempts, encodeAttempts, encodeJson } from '../store/run-codec.ts'
import { settleRuns, type Settlement } from '../store/settle-runs.ts'

/** A run whose replicas died this often in a row is taken to be what kills them. */
export const MAX_CRASHES = 3
const CRASHED_REPEATEDLY = 'crashed_repeatedly'
const BATCH = 500

/**
 * Takes back the runs of a dead replica, in small transactions: they go back to pending, are
 * cancelled if that was asked, or fail when they have crashed too often. @returns what became of them
 */
export async function rescueRuns(db: Db, owner: number, now: number): Promise<SettledRun[]> {
  const crashed: SettledRun[] = []
  for (;;) {
    const batch = await inTransaction(db, (trx) => rescueBatch(trx, owner, now))
    crashed.push(...batch.crashed)
    if (batch.isLast) return crashed
  }
}

async function rescueBatch(
  trx: Db,
  owner: number,
  now: number
): Promise<{ crashed: SettledRun[]; isLast: boolean }> {
  const orphans = await listHeldRuns(trx, owner, BATCH)
  const jobIds = [...new Set(orphans.map((orphan) => orphan.job_id))]
  await lockJobs(trx, jobIds)
  const all = orphans.map((run) => ({ run, settlement: settlementOf(run, now) }))
  const accepted = await settleRuns(
    trx,
    owner,
    all.map(({ settlement }) => settlement)
  )
  // Another replica may have found the same one dead; cancelling may have been asked meanwhile.
  const ends = all.flatMap(({ run, settlement }) => {
    const written = accepted.get(run.id)
    return written === undefined ? [] : [{ run, settlement: { ...settlement, ...written } }]
  })
  await summarizeJobs(trx, summarize(ends))
  await promoteQueuedRuns(trx, jobIds, now)
  const crashed = ends.map(({ run, settlement }) => settledRun(run, settlement))
  return { crashed, isLast: orphans.length < BATCH }
}

function settledRun(run: OrphanedRun, { state, reason, finishedAt }: Settlement): SettledRun {
  const error = state === 'failed' ? repeatedCrash(run) : null
  return { run, state, reason, outcome: 'crashed', finished_at: finishedAt, error }
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
    error: { code: 'crashed', message },
    response: null
  }
  const attempts = encodeAttempts([...earlier, crash])
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
