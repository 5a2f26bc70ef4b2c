import { sql } from 'kysely'
import { codeOf, type Columns, type Dialect, type Row } from './dialect.ts'
import { compareRows } from './given-rows.ts'
import { returningStatements } from './row-statements.ts'
import { isConnectionFault } from './server-connection.ts'

const TYPES = { integer: sql`bigint`, text: sql`text` } as const

/**
 * What is alike in every row is given once, the rest as one array a column. `offset 0` keeps the planner
 * from making a condition on the table of what is given once: it expects no row to meet such
 * conditions, and then compares every row of the table with every given one.
 */
function unnest(rows: readonly Row[], columns: Columns) {
  const [first = []] = rows
  const given = compareRows(rows, columns).map((column) => ({
    ...column,
    name: sql.ref(column.name),
    type: TYPES[column.kind]
  }))
  const varying = given.filter((column) => column.varies)
  const picked = given.map(({ name, type, index, varies }) =>
    varies ? name : sql`${first[index]}::${type} as ${name}`
  )
  if (varying.length === 0) {
    return sql`(select ${sql.join(picked)} from generate_series(1, ${rows.length}::int) offset 0)`
  }
  const arrays = varying.map(({ type, index }) => sql`${rows.map((row) => row[index])}::${type}[]`)
  const names = sql.join(varying.map(({ name }) => name))
  return sql`(select ${sql.join(picked)} from unnest(${sql.join(arrays)}) as one (${names}) offset 0)`
}

/** PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html names the codes. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  isShared: true,
  hasPartialIndexes: true,
  rows: unnest,
  among: (values) => sql`= any(${values}::bigint[])`,
  amongTexts: (values) => sql`= any(${values}::text[])`,
  uniqueIndexes: sql`
    select relname as name from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid in ('carillon_jobs'::regclass, 'carillon_runs'::regclass)
      and indisunique and indisvalid
  `,
  forUpdate: sql`for update`,
  forUpdateSkipLocked: sql`for update skip locked`,
  forShare: sql`for share`,
  ...returningStatements,
  withoutLimits: {
    begin: sql`set statement_timeout = 0`,
    end: sql`reset statement_timeout`
  },
  // Serialization failure, deadlock, lock timeout, statement timeout.
  isBusy: (error) => ['40001', '40P01', '55P03', '57014'].includes(codeOf(error)),
  isDuplicate: (error) => codeOf(error) === '23505',
  // Disk full, out of memory on the server.
  isFull: (error) => ['53100', '53200'].includes(codeOf(error)),
  isLost: isConnectionFault
}
