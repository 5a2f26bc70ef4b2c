import { createEventHub } from '../engine/events.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import type { Core } from './core.ts'

/** What an operation came to that was then undone. */
export interface Rehearsal<Result> {
  result: Result
  /** Runs that it would have cancelled. */
  cancelled: number[]
}

/**
 * Carries out operations in one transaction and takes everything back: what they answer is what they
 * would answer, because it is they that answer. Nothing is announced, woken, started or stopped.
 */
export async function rehearse<Result>(
  core: Core,
  operation: (dry: Core) => Promise<Result>
): Promise<Rehearsal<Result>> {
  const undone = new Undone()
  let rehearsal: Rehearsal<Result> | undefined
  try {
    await inTransaction(core.db, async (trx) => {
      const cancelled: number[] = []
      const result = await operation(dryCore(core, trx, cancelled))
      rehearsal = { result, cancelled }
      throw undone
    })
  } catch (error) {
    if (error !== undone) throw error
  }
  if (rehearsal === undefined) throw new Error('A rehearsal ended without a result.')
  return rehearsal
}

/** Thrown to have a transaction rolled back. */
class Undone extends Error {}

function dryCore(core: Core, db: Db, cancelled: number[]): Core {
  return {
    ...core,
    db,
    events: createEventHub(),
    // Nothing is claimed: what would start at once is shown as it waits to start.
    enqueueTime: () => ({ ...core.enqueueTime(0), replica: null }),
    withSlots: (_most, work) => work(0),
    afterEnqueue: (enqueued) => {
      cancelled.push(...enqueued.cancelled.map((run) => run.id))
    },
    afterCancel: (runs) => {
      cancelled.push(...runs.map((run) => run.id))
    },
    wake: () => undefined
  }
}
