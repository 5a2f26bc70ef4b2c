import type { Columns, Row } from './dialect.ts'

/** A column of rows that are handed to a statement. */
export interface GivenColumn {
  name: string
  kind: Columns[string]
  /** Its place in each row. */
  index: number
  /** Whether rows differ in it; if not, its value need be given only once. */
  varies: boolean
}

/** What is alike in every row, which most columns are, and what is not. */
export function compareRows(rows: readonly Row[], columns: Columns): GivenColumn[] {
  const [first = []] = rows
  return Object.entries(columns).map(([name, kind], index) => ({
    name,
    kind,
    index,
    varies: rows.some((row) => row[index] !== first[index])
  }))
}
