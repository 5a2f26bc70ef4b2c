import { setTimeout as pause } from 'node:timers/promises'
import { CarillonError } from '../domain/errors.ts'
import type { Db } from './db.ts'

const TRIES = 60
const PAUSE_MS = 500

/** Leaves the key of a transaction among what it writes. */
export async function insertCommit(trx: Db, id: string): Promise<void> {
  await trx.query.insertInto('carillon_commits').values({ id }).execute()
}

/** Marks the key of a transaction that was asked for and cannot be committed any more. */
const REFUSED_AT = 0

/**
 * Whether the transaction with this key was committed, for one whose commit nobody answered. The key
 * is inserted once more: that waits for a transaction that is still open, and if it succeeds, the
 * first one has not been committed and never can be. It is marked, because the answer to this question
 * may be lost, too, and then it is asked again.
 * @throws CarillonError `store_unavailable` when the database does not answer for half a minute
 */
export async function wasCommitted(db: Db, id: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await hasLeftKey(db, id)
    } catch (error) {
      const again = db.dialect.isLost(error) || db.dialect.isBusy(error)
      if (!again || attempt === TRIES) throw unknown(error)
    }
    await pause(PAUSE_MS)
  }
}

/** Whether the transaction has left its key; if not, it is marked and never can. */
async function hasLeftKey({ query, dialect }: Db, id: string): Promise<boolean> {
  try {
    const mark = { id, committed_at: REFUSED_AT }
    await query.insertInto('carillon_commits').values(mark).execute()
    return false
  } catch (error) {
    if (!dialect.isDuplicate(error)) throw error
  }
  const keys = query.selectFrom('carillon_commits').select('committed_at').where('id', '=', id)
  const key = await keys.executeTakeFirst()
  // Marks are the first to be deleted; the key of a commit is kept for longer than it is asked for.
  return key !== undefined && key.committed_at !== REFUSED_AT
}

function unknown(cause: unknown): CarillonError {
  const message =
    'The database went away while it was told to commit; whether the change was made is not known.'
  return new CarillonError('store_unavailable', message, { cause, context: { unknown: true } })
}

/** Deletes keys that nobody asks for any more. */
export async function pruneCommits(db: Db, before: number): Promise<void> {
  await db.query.deleteFrom('carillon_commits').where('committed_at', '<', before).execute()
}
