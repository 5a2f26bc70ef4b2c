import type { Clock } from '../domain/clock.ts'
import type { CancelledRun } from '../store/cancel-runs.ts'
import type { Db } from '../store/db.ts'
import { lockJobs } from '../store/jobs.ts'
import type { ClaimedRun } from './claimed-run.ts'
import { promoteQueuedRuns } from '../store/occupancy.ts'
import { listOwnedRuns, type OwnedRun } from '../store/rescue-runs.ts'
import { settleRuns } from '../store/settle-runs.ts'
import { inTransaction } from '../store/transaction.ts'

export interface StrayParts {
  db: Db
  clock: Clock
  /** The id under which this replica holds runs. */
  owner(): number
  /** Runs whose attempt is going on here, or whose result is on its way. */
  knownRuns(): ReadonlySet<number>
  /** Called after the commit with those that do not go back to pending. */
  onCancelled(runs: readonly CancelledRun[]): void
}

/** What is done about runs that this replica holds by the ledger but has never heard of. */
export interface Strays {
  /** One round. @returns how many went back to pending */
  takeBack(): Promise<number>
  /**
   * Whether a run must not be started any more although the answer to its claim came after all: from
   * the moment in which a round decides to take it back, or with the lease that it was claimed under.
   */
  isGivenUp(run: Claimed): boolean
}

type Claimed = Pick<ClaimedRun, 'id' | 'attempt' | 'owner'>

/** Claims that were given up and are remembered; there are a few after a failure, if any. */
const REMEMBERED = 10_000

/**
 * Takes back the runs of claims whose commit was not answered, and could not be asked for in time. A
 * run is a stray when two rounds see it, because between a commit and the start there is a moment.
 */
export function createStrays(parts: StrayParts): Strays {
  let suspects = new Map<number, number>()
  const givenUp = new Set<string>()

  const giveUp = (strays: readonly OwnedRun[]): void => {
    for (const run of strays) givenUp.add(keyOf(run))
    for (const key of givenUp) {
      if (givenUp.size <= REMEMBERED) break
      givenUp.delete(key)
    }
  }

  const takeBack = async (): Promise<number> => {
    const owner = parts.owner()
    const held = await listOwnedRuns(parts.db, owner)
    const known = parts.knownRuns()
    const unknown = held.filter((run) => !known.has(run.id))
    const strays = unknown.filter((run) => suspects.get(run.id) === run.attempt)
    suspects = new Map(unknown.map((run) => [run.id, run.attempt]))
    if (strays.length === 0) return 0
    // Before anything is awaited: until now such a run could have been started, from now on it cannot.
    giveUp(strays)
    return handBack(parts, owner, strays)
  }

  return { takeBack, isGivenUp: (run) => run.owner !== parts.owner() || givenUp.has(keyOf(run)) }
}

function keyOf({ id, attempt }: Pick<OwnedRun, 'id' | 'attempt'>): string {
  return `${id} ${attempt}`
}

async function handBack(
  { db, clock, onCancelled }: StrayParts,
  owner: number,
  strays: readonly OwnedRun[]
): Promise<number> {
  const { count, cancelled } = await inTransaction(db, async (trx) => {
    await lockJobs(
      trx,
      strays.map((run) => run.job_id)
    )
    const now = clock.now()
    const pending = { state: 'pending', reason: 'rescued', availableAt: now } as const
    const empty = { result: null, error: null, attempts: null, finishedAt: now }
    const settlements = strays.map(({ id, attempt }) => ({ id, attempt, ...pending, ...empty }))
    const accepted = await settleRuns(trx, owner, settlements)
    const over = strays.filter((run) => accepted.get(run.id)?.state === 'cancelled')
    await promoteQueuedRuns(trx, [...new Set(over.map((run) => run.job_id))], now)
    return { count: accepted.size, cancelled: over }
  })
  onCancelled(cancelled.map((run) => ({ ...run, state: 'cancelled', owner: null })))
  return count
}
