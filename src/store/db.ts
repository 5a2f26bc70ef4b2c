import type { Kysely, RawBuilder } from 'kysely'
import { CarillonError } from '../domain/errors.ts'
import type { Tables } from './tables.ts'

/** What differs between databases, as far as the statements of this folder go. */
export interface Dialect {
  readonly name: 'sqlite'
  /**
   * A table expression over rows given as one JSON parameter, so that the statement's text is the
   * same for any number of rows and is prepared once.
   */
  rows(rows: readonly (readonly unknown[])[], columns: readonly string[]): RawBuilder<unknown>
  /** The values of a list, one a row, given as one JSON parameter: for `in (…)`. */
  list(values: readonly (number | string)[]): RawBuilder<number>
  /** Another process holds the lock; worth another try. */
  isBusy(error: unknown): boolean
  /** There is no room left to write. */
  isFull(error: unknown): boolean
}

/** A database, or a transaction on it: the first parameter of every function of the store. */
export interface Db {
  readonly query: Kysely<Tables>
  readonly dialect: Dialect
}

/** An open database, and how to close it. */
export interface Database extends Db {
  /** For people: the URL without its secrets. */
  readonly description: string
  close(): Promise<void>
}

const BUSY_TRIES = 5
const BUSY_PAUSE_MS = 50

/**
 * Runs `work` in one write transaction: all of it is committed and durable when this resolves, or
 * none of it. Inside a transaction, `work` becomes a part of that one. `work` runs again when another process held the lock, so it must not act elsewhere.
 * @throws CarillonError `store_busy`, `store_full`
 */
export async function inTransaction<Result>(
  db: Db,
  work: (trx: Db) => Promise<Result>
): Promise<Result> {
  if (db.query.isTransaction) return work(db)
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.query.transaction().execute((query) => work({ query, dialect: db.dialect }))
    } catch (error) {
      if (!db.dialect.isBusy(error) || attempt === BUSY_TRIES) throw explained(db, error)
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS * attempt))
    }
  }
}

function explained(db: Db, cause: unknown): unknown {
  if (db.dialect.isBusy(cause)) {
    return new CarillonError(
      'store_busy',
      'The database is locked by another process; try again.',
      { cause }
    )
  }
  if (db.dialect.isFull(cause)) {
    return new CarillonError(
      'store_full',
      'The disk of the database is full; nothing was changed.',
      { cause }
    )
  }
  return cause
}
