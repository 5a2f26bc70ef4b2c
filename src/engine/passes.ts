import type { Clock } from '../domain/clock.ts'
import { claimRuns } from '../store/claim-runs.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { listDueJobs, type DueQuery } from '../store/due-jobs.ts'
import { earliest, listAvailableLevels, listDueLevels, type Level } from '../store/levels.ts'
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
  /** Whether runs may be waiting for a slot. */
  isStarved(): boolean
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
  const levels = await listDueLevels(db)
  const dueAt = earliest(levels)
  if (dueAt === null || dueAt > parts.clock.now()) return dueAt
  const results = settler.take()
  const time = parts.enqueueTime()
  const { accepted, enqueued, isFull } = await inTransaction(db, async (trx) => {
    const written = await writeResults(trx, time.replica ?? 0, results)
    const turn = await takeTurn(trx, parts, { levels, time })
    const due = await listDueJobs(trx, turn)
    const done = await enqueueJobs(trx, due, turn.time)
    return { accepted: written, enqueued: done, isFull: due.length === turn.limit }
  }).catch((error: unknown) => {
    settler.putBack(results)
    throw error
  })
  settler.wrote(results)
  parts.afterEnqueue(enqueued)
  parts.onResults(results, accepted)
  return isFull ? 'at_once' : earliest(await listDueLevels(db))
}

/** Which due jobs come now, and with how many slots. */
interface Turn extends DueQuery {
  time: EnqueueTime
}

/**
 * Free slots belong to what has the highest priority: due jobs that come after runs which wait
 * already are recorded to wait with them.
 */
async function takeTurn(
  trx: Db,
  { isStarved }: PassParts,
  { levels, time }: { levels: readonly Level[]; time: EnqueueTime }
): Promise<Turn> {
  const { now, slots } = time
  const waiting: Turn = { now, limit: WAITING_BATCH, levels, time: { ...time, slots: 0 } }
  if (slots === 0) return waiting
  const before = isStarved() ? await listAvailableLevels(trx, [...time.handlers]) : []
  const first = before.find((level) => level.at <= now)
  const ahead = levels.filter((level) => first === undefined || level.priority >= first.priority)
  if (!ahead.some((level) => level.at <= now)) return waiting
  return { now, limit: slots, levels: ahead, time }
}

/** Claims pending runs for the slots that are free: retries, rescued runs, and what had to wait. */
export async function dispatchPass(parts: PassParts): Promise<NextPass> {
  const { db } = parts
  const time = parts.enqueueTime()
  const { replica, now, slots } = time
  if (replica === null || slots === 0) return null
  const handlers = [...time.handlers]
  const levels = await listAvailableLevels(db, handlers)
  const availableAt = earliest(levels)
  if (availableAt === null || availableAt > now) return availableAt
  const { runs, broken } = await inTransaction(db, async (trx) => {
    const rows = await claimRuns(trx, { replica, now, limit: slots, handlers, levels })
    const decoded = decodeClaimed(rows, now)
    await failBrokenRuns(trx, decoded.broken, { owner: replica, now })
    return decoded
  })
  const count = runs.length + broken.length
  // Taken by others, or this replica was found dead: looking again at once would change nothing.
  if (count === 0) return null
  parts.onClaimed(runs)
  return count === slots ? 'at_once' : earliest(await listAvailableLevels(db, handlers))
}
