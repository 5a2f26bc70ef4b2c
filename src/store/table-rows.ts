import { sql, type RawBuilder } from 'kysely'
import type { CopiedTable } from './copied-tables.ts'
import type { Db } from './db.ts'
import { refs } from './row-statements.ts'

/** A row with all of its columns, whatever they are. */
export type TableRow = Readonly<Record<string, unknown>>

/** So few that a page of the largest rows there can be fits into memory. */
const PAGE = 200
/** Of one statement: servers refuse those that are much larger. */
const MAX_STATEMENT_CHARACTERS = 1_000_000

/** All rows of a table in the order of its key, page by page. */
export async function* pagesOf(db: Db, { name, key }: CopiedTable): AsyncGenerator<TableRow[]> {
  let last: TableRow | undefined
  do {
    const rest = last === undefined ? sql`` : sql`where ${isAfter(key, last)}`
    const { rows } = await sql<TableRow>`
      select * from ${sql.table(name)} ${rest} order by ${refs(key)} limit ${PAGE}
    `.execute(db.query)
    if (rows.length > 0) yield rows
    last = rows.length < PAGE ? undefined : rows.at(-1)
  } while (last !== undefined)
}

/**
 * `a >= 1 and (a > 1 or b > 2)`. As rows, the two would be compared in one go, but not every planner
 * finds the index for it.
 */
function isAfter([first = '', ...others]: readonly string[], row: TableRow): RawBuilder<unknown> {
  const column = sql.ref(first)
  const value = row[first]
  if (others.length === 0) return sql`${column} > ${value}`
  return sql`${column} >= ${value} and (${column} > ${value} or (${isAfter(others, row)}))`
}

/** The rows with the keys of these rows; those that are not there are left out. */
export async function findRows(
  db: Db,
  { name, key }: CopiedTable,
  rows: readonly TableRow[]
): Promise<TableRow[]> {
  const keys = sql.join(rows.map((row) => tuple(key, row)))
  const list = db.dialect.name === 'sqlite' ? sql`values ${keys}` : keys
  const found = await sql<TableRow>`
    select * from ${sql.table(name)} where (${refs(key)}) in (${list})
  `.execute(db.query)
  return found.rows
}

/** Inserts these columns of rows as they are, their ids too. */
export async function insertAll(
  db: Db,
  { name, columns }: { name: string; columns: readonly string[] },
  rows: readonly TableRow[]
): Promise<void> {
  for (const part of inParts(rows)) {
    const values = sql.join(part.map((row) => tuple(columns, row)))
    await sql`insert into ${sql.table(name)} (${refs(columns)}) values ${values}`.execute(db.query)
  }
}

export async function countRows(db: Db, { name }: CopiedTable): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(name)}
  `.execute(db.query)
  return Number(rows[0]?.count)
}

function tuple(columns: readonly string[], row: TableRow): RawBuilder<unknown> {
  return sql`(${sql.join(columns.map((column) => row[column]))})`
}

function* inParts(rows: readonly TableRow[]): Generator<TableRow[]> {
  let part: TableRow[] = []
  let size = 0
  for (const row of rows) {
    if (size > MAX_STATEMENT_CHARACTERS) {
      yield part
      part = []
      size = 0
    }
    part.push(row)
    for (const value of Object.values(row)) size += typeof value === 'string' ? value.length : 8
  }
  yield part
}
