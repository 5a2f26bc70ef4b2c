import type { Clock } from '../domain/clock.ts'
import { claimRuns, type Claim } from '../store/claim-runs.ts'
import type { Db } from '../store/db.ts'
import { listDueJobs, type DueQuery } from '../store/due-jobs.ts'
import { earliest, listAvailableLevels, listDueLevels, type Level } from '../store/levels.ts'
import { decodeClaimed, failBrokenRuns } from './broken-runs.ts'
import type { ClaimedRun } from './claimed-run.ts'
import type { SettledRun } from './events.ts'
import { enqueueJobs, usableSlots, type Enqueued, type EnqueueTime } from './enqueue.ts'
import type { NextPass } from './loop.ts'
import { ROUNDS_APART_MS } from './rounds.ts'
import type { Settler } from './settler.ts'
import type { Slots } from './slots.ts'

/** Due jobs recorded in one transaction when there is no free slot to start them at once. */
const WAITING_BATCH = 500
/**
 * So long a due job stays as it is while there is no slot for it: then what started at once needs no
 * record that it waited. Shorter than from one occurrence of a job to the next, which is a second.
 */
const HOLD_MS = 500

export interface PassParts {
  db: Db
  clock: Clock
  settler: Settler
  /** By whom and when runs are recorded now. */
  enqueueTime(slots: number): EnqueueTime
  withSlots: Slots['reserve']
  /** Whether runs or due jobs may be waiting for a slot. */
  isStarved(): boolean
  /** Called when due jobs were left as they are, as there is no slot for them. */
  onHeld(): void
  /** Called with every round that looked for due jobs: whether it went through all of them. */
  onLooked(isThorough: boolean): void
  /** Called after the commit of what was enqueued. */
  afterEnqueue(enqueued: Enqueued): void
  /** Called after the commit of what was claimed. */
  onClaimed(runs: readonly ClaimedRun[]): void
  /** Called after the commit of runs that were claimed and cannot be carried out. */
  onBroken(runs: readonly SettledRun[]): void
}

/**
 * Records what is due and starts what there are slots for, in one transaction that also writes the
 * results gathered since the last one. What there is no slot for is recorded to wait when it has been
 * due for a while. Asks to go on at the nearest due instant.
 */
export async function enqueuePass(parts: PassParts): Promise<NextPass> {
  const levels = await listDueLevels(parts.db)
  const now = parts.clock.now()
  const dueAt = earliest(levels)
  if (dueAt === null || dueAt > now) {
    parts.onLooked(true)
    return dueAt
  }
  const ahead = await listLevelsAhead(parts, levels)
  const isAny = ahead.some((level) => level.at <= now)
  const done = await parts.withSlots(isAny ? Infinity : 0, async (slots) => {
    if (slots > 0) {
      const begun = await enqueueDue(parts, { levels: ahead, slots, limit: slots })
      return begun === 'all' && ahead.length < levels.length ? 'some' : begun
    }
    if (now < dueAt + HOLD_MS) return 'held'
    return enqueueDue(parts, { levels, slots, limit: WAITING_BATCH })
  })
  parts.onLooked(done === 'all')
  if (done === 'full') return 'at_once'
  if (done !== 'held') return apart(now, earliest(await listDueLevels(parts.db)))
  parts.onHeld()
  return dueAt + HOLD_MS
}

/** When to go on; what this round has left is not kept waiting. */
function apart(began: number, dueAt: number | null): number | null {
  return dueAt === null || dueAt <= began ? dueAt : Math.max(dueAt, began + ROUNDS_APART_MS)
}

/**
 * Free slots belong to what has the highest priority, and among equals to what waits already: the due
 * jobs that come before that.
 */
async function listLevelsAhead(
  { db, clock, isStarved, enqueueTime }: PassParts,
  levels: readonly Level[]
): Promise<readonly Level[]> {
  if (!isStarved()) return levels
  const now = clock.now()
  const waiting = await listAvailableLevels(db, [...enqueueTime(0).handlers])
  const first = waiting.find((level) => level.at <= now)
  return first === undefined ? levels : levels.filter((level) => level.priority > first.priority)
}

interface Turn extends Omit<DueQuery, 'now'> {
  slots: number
}

/**
 * A job whose last result is still on its way is left for a round that knows of it, for as long as others
 * are held back.
 * @returns whether there may be more that is due of these levels
 */
async function enqueueDue(
  parts: PassParts,
  { levels, slots, limit }: Turn
): Promise<'all' | 'some' | 'full'> {
  const { settler } = parts
  const wanted = parts.enqueueTime(slots)
  const { now } = wanted
  const { found, due } = await settler.alongside(
    async (trx, jobsOnTheWay) => {
      const time = { ...wanted, slots: await usableSlots(trx, wanted) }
      const jobs = await listDueJobs(trx, { now, limit, levels })
      const onTheWay = jobsOnTheWay()
      const known = jobs.filter((job) => !onTheWay.has(job.id) || now >= job.next_run_at + HOLD_MS)
      const enqueued = await enqueueJobs(trx, known, time)
      return { found: jobs.length, due: known.length, enqueued }
    },
    ({ enqueued }) => parts.afterEnqueue(enqueued)
  )
  if (found === limit) return 'full'
  if (due > 0 && due === found) return 'all'
  // What is due and was not recorded has its rows locked by what writes its results.
  await settler.written()
  return due === found ? 'all' : 'some'
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
  const time = { owner: claim.replica, now: claim.now }
  const { runs, failed } = await parts.settler.alongside(
    async (trx) => {
      const decoded = decodeClaimed(await claimRuns(trx, claim), time)
      return { runs: decoded.runs, failed: await failBrokenRuns(trx, decoded.broken, time) }
    },
    (claimed) => {
      parts.onClaimed(claimed.runs)
      if (claimed.failed.length > 0) parts.onBroken(claimed.failed)
    }
  )
  return runs.length + failed.length
}
