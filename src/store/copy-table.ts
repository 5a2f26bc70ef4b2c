import { CarillonError, messageOf } from '../domain/errors.ts'
import type { CopiedTable } from './copied-tables.ts'
import type { Db } from './db.ts'
import { listColumns } from './table-columns.ts'
import { countRows, findRows, insertAll, pagesOf, type TableRow } from './table-rows.ts'

/** A table of one database, and the same of another. */
export interface TablePair {
  table: CopiedTable
  source: Db
  target: Db
}

/** Called after every page with the rows so far. */
type OnRows = (rows: number) => void

/** @returns how many rows were copied */
export async function copyTable(
  { table, source, target }: TablePair,
  onRows: OnRows
): Promise<number> {
  const columns = await listColumns(target, table.name)
  let copied = 0
  for await (const rows of pagesOf(source, table)) {
    await insertAll(target, { name: table.name, columns }, rows).catch((error: unknown) => {
      throw explained(target, table, error)
    })
    copied += rows.length
    onRows(copied)
  }
  return copied
}

/**
 * Reads both tables anew. Rows are looked up by their keys, because databases sort texts differently.
 * @returns how many rows were compared
 * @throws CarillonError `store_unusable`, naming the first row that differs
 */
export async function compareTable(
  { table, source, target }: TablePair,
  onRows: OnRows
): Promise<number> {
  let compared = 0
  for await (const rows of pagesOf(source, table)) {
    const found = await findRows(target, table, rows)
    const byKey = new Map(found.map((row) => [keyOf(table, row), row]))
    for (const row of rows) refuseDifference(table, row, byKey.get(keyOf(table, row)))
    compared += rows.length
    onRows(compared)
  }
  const count = await countRows(target, table)
  if (count === compared) return compared
  throw different(`${table.name} has ${compared} rows, but its copy has ${count}`)
}

function keyOf({ key }: CopiedTable, row: TableRow): string {
  return JSON.stringify(key.map((column) => row[column]))
}

function refuseDifference(table: CopiedTable, row: TableRow, copy: TableRow | undefined): void {
  const place = `${table.name} ${keyOf(table, row)}`
  if (copy === undefined) throw different(`${place} is not in the copy`)
  // A column that only one kind of database has is one that it computes.
  for (const column of Object.keys(row).filter((name) => name in copy)) {
    if (row[column] !== copy[column]) throw different(`${place} differs from its copy in ${column}`)
  }
}

function different(what: string): CarillonError {
  const message = `${what}; nothing was copied. Somebody else may have written meanwhile: try again.`
  return new CarillonError('store_unusable', message)
}

/** What the transaction may be tried again for stays what it is. */
function explained({ dialect }: Db, { name }: CopiedTable, cause: unknown): unknown {
  if (cause instanceof CarillonError) return cause
  if (dialect.isBusy(cause) || dialect.isLost(cause) || dialect.isFull(cause)) return cause
  const message = `Rows of ${name} cannot be written: ${messageOf(cause)}; nothing was copied.`
  return new CarillonError('store_unusable', message, { cause })
}
