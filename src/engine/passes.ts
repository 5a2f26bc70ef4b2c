import type { Clock } from '../domain/clock.ts'
import { claimRuns, findNextAvailableAt } from '../store/claim-runs.ts'
import { inTransaction, type Db } from '../store/db.ts'
import { findNextDueAt, listDueJobs } from '../store/due-jobs.ts'
import { decodeClaimed, failBrokenRuns } from './broken-runs.ts'
import type { ClaimedRun } from './claimed-run.ts'
import { enqueueJobs, type Enqueued, type EnqueueTime } from './enqueue.ts'
import type { NextPass } from './loop.ts'
import type { EndedRun } from './settlement.ts'
import { writeResults, type Settler } from './settler.ts'

/** Due jobs recorded in one transaction when there is no free slot to start them at once. */
const WAITING_BATCH = 500

export interface PassParts {
  db: Db
  clock: Clock
  settler: Settler
  /** By whom and when runs are recorded now. */
  enqueueTime(): EnqueueTime
  /** Called after the commit of what was enqueued. */
  afterEnqueue(enqueued: Enqueued): void
  /** Called after the commit of what was claimed. */
  onClaimed(runs: readonly ClaimedRun[]): void
  /** Called after the commit of results. */
  onResults(ended: readonly EndedRun[], accepted: readonly EndedRun[]): void
}

/**
 * Records what is due and starts what there are slots for, in one transaction that also writes the
 * results gathered since the last one. Asks to go on at the nearest due instant.
 */
export async function enqueuePass(parts: PassParts): Promise<NextPass> {
  const { db, settler } = parts
  const dueAt = await findNextDueAt(db)
  if (dueAt === null || dueAt > parts.clock.now()) return dueAt
  const results = settler.take()
  const time = parts.enqueueTime()
  const limit = time.slots > 0 ? time.slots : WAITING_BATCH
  const { accepted, enqueued, count } = await inTransaction(db, async (trx) => {
    const written = await writeResults(trx, time.replica ?? 0, results)
    const due = await listDueJobs(trx, time.now, limit)
    return { accepted: written, enqueued: await enqueueJobs(trx, due, time), count: due.length }
  }).catch((error: unknown) => {
    settler.putBack(results)
    throw error
  })
  if (results.length > 0) settler.wrote()
  parts.afterEnqueue(enqueued)
  parts.onResults(results, accepted)
  return count === limit ? 'at_once' : findNextDueAt(db)
}

/** Claims pending runs for the slots that are free: retries, rescued runs, and what had to wait. */
export async function dispatchPass(parts: PassParts): Promise<NextPass> {
  const { db } = parts
  const time = parts.enqueueTime()
  const { replica, now, slots } = time
  if (replica === null || slots === 0) return null
  const handlers = [...time.handlers]
  const availableAt = await findNextAvailableAt(db, handlers)
  if (availableAt === null || availableAt > now) return availableAt
  const { runs, broken } = await inTransaction(db, async (trx) => {
    const rows = await claimRuns(trx, { replica, now, limit: slots, handlers })
    const decoded = decodeClaimed(rows, now)
    await failBrokenRuns(trx, decoded.broken, { owner: replica, now })
    return decoded
  })
  const count = runs.length + broken.length
  // Taken by others, or this replica was found dead: looking again at once would change nothing.
  if (count === 0) return null
  parts.onClaimed(runs)
  return count === slots ? 'at_once' : findNextAvailableAt(db, handlers)
}
