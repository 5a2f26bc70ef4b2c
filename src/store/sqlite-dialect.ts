import { sql } from 'kysely'
import { codeOf, type Dialect } from './dialect.ts'
import { compareRows } from './given-rows.ts'
import { returningStatements } from './row-statements.ts'

const list = (values: readonly (number | string)[]) =>
  sql`in (select value from json_each(${JSON.stringify(values)}))`

/** One connection, and a write lock on the whole file: a transaction is alone by itself. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  isShared: false,
  hasPartialIndexes: true,
  // As JSONB a row is not parsed anew for each of its columns. What is alike in every row, which most
  // columns are, is given once: a statement has a few texts instead of one, each prepared once.
  rows: (rows, columns) => {
    const [first = []] = rows
    const given = compareRows(rows, columns)
    const varying = given.filter((column) => column.varies)
    const picked = given.map((column) => {
      const place = sql.lit(varying.indexOf(column))
      const value = column.varies ? sql`value ->> ${place}` : sql`${first[column.index]}`
      return sql`${value} as ${sql.ref(column.name)}`
    })
    const json = JSON.stringify(rows.map((row) => varying.map(({ index }) => row[index])))
    return sql`(select ${sql.join(picked)} from jsonb_each(${json}))`
  },
  among: list,
  amongTexts: list,
  uniqueIndexes: sql`
    select name from pragma_index_list('carillon_jobs') where "unique" = 1
    union all select name from pragma_index_list('carillon_runs') where "unique" = 1
  `,
  forUpdate: sql``,
  forUpdateSkipLocked: sql``,
  forShare: sql``,
  ...returningStatements,
  withoutLimits: null,
  isBusy: (error) => codeOf(error).startsWith('SQLITE_BUSY') || codeOf(error) === 'SQLITE_LOCKED',
  isDuplicate: (error) => codeOf(error).startsWith('SQLITE_CONSTRAINT'),
  isFull: (error) => codeOf(error) === 'SQLITE_FULL',
  isLost: () => false
}
