import type { Clock } from '../domain/clock.ts'
import type { Db } from '../store/db.ts'
import { lockJobs } from '../store/jobs.ts'
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
}

/**
 * Creates the round that takes back runs which this replica holds by the ledger but has never heard
 * of: the answer to the commit that claimed them was lost, and could not be asked for in time. A run
 * is a stray when two rounds see it, because between a commit and the start there is a moment.
 * @returns how many went back to pending
 */
export function createStrayRound(parts: StrayParts): () => Promise<number> {
  let suspects = new Map<number, number>()

  return async () => {
    const owner = parts.owner()
    const held = await listOwnedRuns(parts.db, owner)
    const known = parts.knownRuns()
    const unknown = held.filter((run) => !known.has(run.id))
    const strays = unknown.filter((run) => suspects.get(run.id) === run.attempt)
    suspects = new Map(unknown.map((run) => [run.id, run.attempt]))
    return strays.length === 0 ? 0 : takeBack(parts, owner, strays)
  }
}

async function takeBack(
  { db, clock }: StrayParts,
  owner: number,
  strays: readonly OwnedRun[]
): Promise<number> {
  const accepted = await inTransaction(db, async (trx) => {
    await lockJobs(
      trx,
      strays.map((run) => run.job_id)
    )
    const now = clock.now()
    const pending = { state: 'pending', reason: 'rescued', availableAt: now } as const
    const empty = { result: null, error: null, attempts: null, finishedAt: now }
    const settlements = strays.map(({ id, attempt }) => ({ id, attempt, ...pending, ...empty }))
    return settleRuns(trx, owner, settlements)
  })
  return accepted.size
}
