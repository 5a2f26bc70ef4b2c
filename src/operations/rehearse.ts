import { inTransaction } from '../store/transaction.ts'
import type { Core } from './core.ts'
import { enlist } from './enlist.ts'

/** What an operation came to that was then undone. */
export interface Rehearsal<Result> {
  result: Result
  /** Runs that it would have cancelled. */
  cancelled: readonly number[]
}

/**
 * Carries out operations in one transaction and takes everything back: what they answer is what they
 * would answer, because it is they that answer. Nothing is announced, woken, started or stopped.
 */
export async function rehearse<Result>(
  core: Core,
  operation: (dry: Core) => Promise<Result>
): Promise<Rehearsal<Result>> {
  if (core.db.query.isTransaction) throw new Error('What others write with it cannot be undone.')
  const undone = new Undone()
  let rehearsal: Rehearsal<Result> | undefined
  try {
    await inTransaction(core.db, async (trx) => {
      const { core: dry, cancelled } = enlist(core, trx)
      rehearsal = { result: await operation(dry), cancelled }
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
