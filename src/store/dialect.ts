import type { Kysely, RawBuilder } from 'kysely'
import type { Tables } from './tables.ts'

/** The columns of rows that are handed to a statement, in order. */
export type Columns = Readonly<Record<string, 'integer' | 'text'>>
/** Values in the order of their columns. */
export type Row = readonly (number | string | null)[]

/** Rows to be inserted where their key is not there yet. */
export interface RowInsert {
  table: string
  columns: readonly string[]
  /** What becomes of each given row, in the order of the columns; given columns by their names. */
  values: RawBuilder<unknown>
  /** From {@link Dialect.rows}. */
  given: RawBuilder<unknown>
  /** Columns of a unique index, which the given rows have too. */
  key: readonly string[]
  /** Makes the given rows with no other columns than these, for who has to find them by it. */
  keys(): RawBuilder<unknown>
  returning: readonly string[]
}

/** An update of the rows that go with given rows. */
export interface RowUpdate {
  table: string
  /**
   * The given rows are `given` in it. Their columns must not have the names of columns that are set,
   * and no assignment may rest on a column that another one sets.
   */
  set: RawBuilder<unknown>
  given: RawBuilder<unknown>
  /** Names the rows by their ids. */
  on: RawBuilder<unknown>
  /** Columns of the rows that were updated; left out, nothing is returned. */
  returning?: readonly string[]
}

/** What differs between databases, as far as the statements of this folder go. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres' | 'mysql'
  /**
   * Whether others write at the same time. If so, whoever decides about a job locks its row first,
   * and rows of runs after it; if not, a transaction is alone by itself.
   */
  readonly isShared: boolean
  /** Whether the indexes of what waits hold nothing else. */
  readonly hasPartialIndexes: boolean
  /** A table expression over rows given as parameters, whatever their number. */
  rows(rows: readonly Row[], columns: Columns): RawBuilder<unknown>
  /** The right side of a condition that holds for each of these numbers. */
  among(values: readonly number[]): RawBuilder<unknown>
  amongTexts(values: readonly string[]): RawBuilder<unknown>
  /** Selects the names of the unique indexes of jobs and runs that are there and valid. */
  readonly uniqueIndexes: RawBuilder<unknown>
  /** Ends a select whose rows must stay as they are until the transaction ends. */
  readonly forUpdate: RawBuilder<unknown>
  /** The same, leaving out rows that another transaction holds. */
  readonly forUpdateSkipLocked: RawBuilder<unknown>
  /** Ends a select whose rows must not be changed by others until the transaction ends. */
  readonly forShare: RawBuilder<unknown>
  /** @returns the inserted rows; those whose key was there are left out */
  insertRows<Result>(query: Kysely<Tables>, insert: RowInsert): Promise<Result[]>
  updateRows<Result>(query: Kysely<Tables>, update: RowUpdate): Promise<Result[]>
  /**
   * Ends an insert with what changes the rows that are there under the same primary key, of these
   * columns; assignments follow, in which the rows that were to be inserted must be `excluded`. MySQL makes
   * them in turn, each with what those before it have set.
   */
  onSameKey(key: RawBuilder<unknown>): RawBuilder<unknown>
  /** Lifts the time limit of statements for this connection, and sets it again. */
  readonly withoutLimits: { begin: RawBuilder<unknown>; end: RawBuilder<unknown> } | null
  /** Another transaction was in the way; worth another try. */
  isBusy(error: unknown): boolean
  /** A key is there already. */
  isDuplicate(error: unknown): boolean
  /** There is no room left to write. */
  isFull(error: unknown): boolean
  /** The connection is gone; what it did last may have been carried out or not. */
  isLost(error: unknown): boolean
}

/** The code that drivers put on their errors; empty without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
