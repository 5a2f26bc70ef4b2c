import type { Clock } from '../domain/clock.ts'
import { claimRuns, type Claim } from '../store/claim-runs.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { listDueJobs, type DueQuery } from '../store/due-jobs.ts'
import { earliest, listAvailableLevels, listDueLevels, type Level } from '../store/levels.ts'
import { decodeClaimed, failBrokenRuns } from './broken-runs.ts'
import type { ClaimedRun } from './claimed-run.ts'
import type { SettledRun } from './events.ts'
import { enqueueJobs, usableSlots, type Enqueued, type EnqueueTime } from './enqueue.ts'
import type { NextPass } from './loop.ts'
import type { EndedRun } from './settlement.ts'
import { writeResults, type Settler } from './settler.ts'
import type { Slots } from './slots.ts'

/** Due jobs recorded in one transaction when there is no free slot to start them at once. */
const WAITING_BATCH = 500

export interface PassParts {
  db: Db
  clock: Clock
  settler: Settler
  /** By whom and when runs are recorded now. */
  enqueueTime(slots: number): EnqueueTime
  withSlots: Slots['reserve']
  /** Whether runs may be waiting for a slot. */
  isStarved(): boolean
  /** Called with every round that looked for due jobs: whether it went through all of them. */
  onLooked(isThorough: boolean): void
  /** Called after the commit of what was enqueued. */
  afterEnqueue(enqueued: Enqueued): void
  /** Called after the commit of what was claimed. */
  onClaimed(runs: readonly ClaimedRun[]): void
  /** Called after the commit of runs that were claimed and cannot be carried out. */
  onBroken(runs: readonly SettledRun[]): void
  /** Called after the commit of results. */
  onResults(ended: readonly EndedRun[], accepted: readonly EndedRun[]): void
}

/**
 * Records what is due and starts what there are slots for, in one transaction that also writes the
 * results gathered since the last one. Asks to go on at the nearest due instant.
 */
export async function enqueuePass(parts: PassParts): Promise<NextPass> {
  const levels = await listDueLevels(parts.db)
  const dueAt = earliest(levels)
  if (dueAt === null || dueAt > parts.clock.now()) {
    parts.onLooked(true)
    return dueAt
  }
  const isFull = await parts.withSlots(Infinity, (slots) => enqueueDue(parts, levels, slots))
  return isFull ? 'at_once' : earliest(await listDueLevels(parts.db))
}

/** @returns whether there may be more that is due */
async function enqueueDue(
  parts: PassParts,
  levels: readonly Level[],
  slots: number
): Promise<boolean> {
  const { settler } = parts
  const results = settler.take()
  const wanted = parts.enqueueTime(slots)
  const { accepted, enqueued, isFull, isThorough } = await inTransaction(parts.db, async (trx) => {
    const written = await writeResults(trx, wanted.replica ?? 0, results)
    const time = { ...wanted, slots: await usableSlots(trx, wanted) }
    const turn = await takeTurn(trx, parts, { levels, time })
    const due = await listDueJobs(trx, turn)
    const done = await enqueueJobs(trx, due, turn.time)
    const full = due.length === turn.limit
    const leftOut = levels.some((level) => level.at <= time.now && !turn.levels.includes(level))
    return { accepted: written, enqueued: done, isFull: full, isThorough: !full && !leftOut }
  }).catch((error: unknown) => {
    settler.putBack(results)
    throw error
  })
  settler.wrote(results)
  parts.afterEnqueue(enqueued)
  parts.onResults(results, accepted)
  parts.onLooked(isThorough)
  return isFull
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
  const { replica, now, handlers } = parts.enqueueTime(0)
  if (replica === null) return null
  const levels = await listAvailableLevels(parts.db, [...handlers])
  const availableAt = earliest(levels)
  if (availableAt === null || availableAt > now) return availableAt
  const claim = { replica, now, levels, handlers: [...handlers] }
  const [count, limit] = await parts.withSlots(Infinity, async (slots) => {
    return [await claimAvailable(parts, { ...claim, limit: slots }), slots]
  })
  // Taken by others, or this replica was found dead: looking again at once would change nothing.
  if (count === 0) return null
  return count === limit ? 'at_once' : earliest(await listAvailableLevels(parts.db, [...handlers]))
}

/** @returns how many were claimed */
async function claimAvailable(parts: PassParts, claim: Claim): Promise<number> {
  if (claim.limit === 0) return 0
  const { runs, failed } = await inTransaction(parts.db, async (trx) => {
    const time = { owner: claim.replica, now: claim.now }
    const decoded = decodeClaimed(await claimRuns(trx, claim), time)
    return { runs: decoded.runs, failed: await failBrokenRuns(trx, decoded.broken, time) }
  })
  parts.onClaimed(runs)
  if (failed.length > 0) parts.onBroken(failed)
  return runs.length + failed.length
}
