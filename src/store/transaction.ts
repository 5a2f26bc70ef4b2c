import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { CarillonError } from '../domain/errors.ts'
import { createRunTally } from '../domain/run-tally.ts'
import { insertCommit, wasCommitted } from './commits.ts'
import type { Db } from './db.ts'
import { writeTally } from './run-counts.ts'
import { createWriteWatch } from './write-watch.ts'

const TRIES = 5
const PAUSE_MS = 50

/**
 * Runs `work` in one write transaction: all of it is committed and durable when this resolves, or
 * none of it. Inside a transaction, `work` becomes a part of that one. `work` runs again when another
 * transaction was in the way or the connection was lost, so it must not act elsewhere.
 * @throws CarillonError `store_busy`, `store_full`, `store_unavailable`
 */
export async function inTransaction<Result>(
  db: Db,
  work: (trx: Db) => Promise<Result>
): Promise<Result> {
  if (db.query.isTransaction) return work(db)
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(db, work)
    } catch (error) {
      const again = db.dialect.isBusy(error) || db.dialect.isLost(error)
      if (!again || attempt === TRIES) throw explained(db, error)
      await pause(PAUSE_MS * attempt)
    }
  }
}

/**
 * When the connection is lost at the very commit, the key that was written with everything else
 * tells whether it took place. What has only read needs none, and costs the server no commit on disk.
 */
async function runOnce<Result>(db: Db, work: (trx: Db) => Promise<Result>): Promise<Result> {
  const key = db.dialect.isShared ? randomUUID() : null
  const watch = createWriteWatch()
  const query = key === null ? db.query : db.query.withPlugin(watch.plugin)
  const written: { result: Result }[] = []
  try {
    return await query.transaction().execute(async (inside) => {
      const tally = createRunTally()
      const trx = { query: inside, dialect: db.dialect, tally }
      const result = await work(trx)
      await writeTally(trx, tally)
      if (key !== null && watch.hasWritten()) await insertCommit(trx, key)
      written.push({ result })
      return result
    })
  } catch (error) {
    const [done] = written
    if (key === null || done === undefined || !db.dialect.isLost(error)) throw error
    if (!(await wasCommitted(db, key))) throw error
    return done.result
  }
}

function explained(db: Db, cause: unknown): unknown {
  const { dialect } = db
  if (cause instanceof CarillonError) return cause
  if (dialect.isBusy(cause)) {
    const message =
      dialect.name === 'sqlite'
        ? 'The database is locked by another process; try again.'
        : 'The database is busy with other transactions; try again.'
    return new CarillonError('store_busy', message, { cause })
  }
  if (dialect.isFull(cause)) {
    const message = 'The disk of the database is full; nothing was changed.'
    return new CarillonError('store_full', message, { cause })
  }
  return cause
}
