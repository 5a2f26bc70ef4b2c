import { sql } from 'kysely'
import type { Db } from './db.ts'

/**
 * Carries out a part of a transaction that may fail by itself: what it wrote is taken back then, and
 * the rest of the transaction is not.
 */
export async function inSavepoint<Result>(trx: Db, work: () => Promise<Result>): Promise<Result> {
  await sql`savepoint carillon_part`.execute(trx.query)
  try {
    const result = await work()
    await sql`release savepoint carillon_part`.execute(trx.query)
    return result
  } catch (error) {
    // Where the whole transaction is gone, so is the savepoint; the first error says more.
    await sql`rollback to savepoint carillon_part`.execute(trx.query).catch(() => undefined)
    throw error
  }
}
