import type { Clock } from '../domain/clock.ts'
import { HOUR_MS, MAX_RUN_HOURS } from '../domain/run-hours.ts'
import { REQUESTS_KEPT_MS } from '../domain/stored-answer.ts'
import type { Db } from '../store/db.ts'
import { pruneCommits } from '../store/commits.ts'
import { pruneChanges } from '../store/prune-changes.ts'
import { listSurplus, pruneLeftovers, pruneOldRuns, pruneSurplus } from '../store/prune-runs.ts'
import { pruneRequests } from '../store/requests.ts'
import { pruneHourCounts } from '../store/run-counts.ts'
import { inTransaction } from '../store/transaction.ts'

const RUNS_BATCH = 1_000
const SURPLUS_JOBS = 200
const CHANGES_BATCH = 200
/** Nobody asks for a commit longer than half a minute after it. */
const COMMITS_KEPT_MS = 120_000
/** A day more than can be asked for. */
const HOUR_COUNTS_KEPT_MS = (MAX_RUN_HOURS + 24) * HOUR_MS

export interface PrunerParts {
  db: Db
  clock: Clock
  retention: { ageMs: number; perJob: number }
}

/** What became of one batch. */
export interface PrunedBatch {
  /** Records that were deleted. */
  deleted: number
  /** Whether the table has been gone through; the next batch begins anew. */
  isThrough: boolean
  /** Whether it is worth to go on at once. */
  isWorthMore: boolean
}

/** Deletes what is past retention, a batch in a transaction of its own at each call. */
export interface Pruner {
  /** Runs that are too old; at the end also what else nobody asks for any more. */
  oldRuns(): Promise<PrunedBatch>
  /** Runs of jobs that have more than are kept. */
  surplus(): Promise<PrunedBatch>
  changes(): Promise<PrunedBatch>
}

/** Each pruner goes through the tables by itself, from the beginning. */
export function createPruner({ db, clock, retention }: PrunerParts): Pruner {
  const endedBefore = (): number => clock.now() - retention.ageMs
  let oldAfterId = 0
  let surplusAfterId = 0
  let changesAfterId = 0

  const pruneSurplusOf = async (trx: Db): Promise<PrunedBatch> => {
    const query = { afterId: surplusAfterId, limit: SURPLUS_JOBS, keep: retention.perJob }
    const jobs = await listSurplus(trx, query)
    let deleted = 0
    let isOneLeft = false
    for (const { id, surplus_until: surplusUntil } of jobs) {
      if (surplusUntil === null) continue
      const count = await pruneSurplus(trx, { id, surplusUntil }, RUNS_BATCH)
      deleted += count
      isOneLeft ||= count === RUNS_BATCH
    }
    const last = jobs.length < SURPLUS_JOBS ? undefined : jobs.at(-1)
    // The same jobs again, until none of them has too many.
    if (!isOneLeft) surplusAfterId = last?.id ?? 0
    const isThrough = !isOneLeft && last === undefined
    return { deleted, isThrough, isWorthMore: deleted > 0 }
  }

  return {
    oldRuns: async () => {
      const query = { endedBefore: endedBefore(), afterId: oldAfterId, limit: RUNS_BATCH }
      const { deleted, nextId } = await inTransaction(db, (trx) => pruneOldRuns(trx, query))
      oldAfterId = nextId ?? 0
      const isThrough = nextId === null
      if (isThrough) {
        await pruneLeftovers(db, endedBefore(), RUNS_BATCH)
        await pruneCommits(db, clock.now() - COMMITS_KEPT_MS)
        await pruneRequests(db, clock.now() - REQUESTS_KEPT_MS, RUNS_BATCH)
        await pruneHourCounts(db, clock.now() - HOUR_COUNTS_KEPT_MS, RUNS_BATCH)
      }
      return { deleted, isThrough, isWorthMore: !isThrough }
    },
    surplus: () => inTransaction(db, pruneSurplusOf),
    changes: async () => {
      const slice = { before: endedBefore(), afterId: changesAfterId, limit: CHANGES_BATCH }
      const { deleted, nextId } = await inTransaction(db, (trx) => pruneChanges(trx, slice))
      changesAfterId = nextId
      return { deleted, isThrough: nextId === 0, isWorthMore: deleted > CHANGES_BATCH / 2 }
    }
  }
}
