import { sql, type Kysely, type RawBuilder } from 'kysely'
import { codeOf, type Dialect, type RowInsert, type RowUpdate } from './dialect.ts'
import { compareRows } from './given-rows.ts'
import { refs } from './row-statements.ts'
import { isConnectionFault, STATEMENT_TIMEOUT_MS } from './server-connection.ts'
import type { Tables } from './tables.ts'

const TYPES = { integer: sql`bigint`, text: sql`longtext` } as const

/** Deadlock, lock timeout, statement timeout of MariaDB and of MySQL. */
const BUSY_CODES = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_STATEMENT_TIMEOUT',
  'ER_QUERY_TIMEOUT'
])

const list = (values: readonly (number | string)[]) =>
  values.length === 0 ? sql`in (null)` : sql`in (${sql.join(values)})`

/**
 * MySQL 8 has no `returning`, so both find the rows before or after they write them: the job's row
 * is locked by then, and nobody else changes them in between. `straight_join` keeps the planner from
 * walking the table for each given row.
 */
async function insertRows<Result>(query: Kysely<Tables>, insert: RowInsert): Promise<Result[]> {
  const target = sql.table(insert.table)
  const isSame = sql.join(
    insert.key.map((column) => sql`${sql.ref(`target.${column}`)} = ${sql.ref(`given.${column}`)}`),
    sql` and `
  )
  const found = sql`from ${insert.keys()} as given straight_join ${target} as target on ${isSame}`
  const { rows: known } = await sql<{ id: number }>`select target.id ${found}`.execute(query)
  const isKnown = sql`target.id ${list(known.map((row) => row.id))}`
  const isNew =
    known.length === 0
      ? sql``
      : sql`where not exists (select 1 from ${target} as target where ${isSame})`
  await sql`
    insert into ${target} (${refs(insert.columns)})
    select ${insert.values} from ${insert.given} as given ${isNew}
  `.execute(query)
  const columns = sql.join(insert.returning.map((column) => sql.ref(`target.${column}`)))
  const others: RawBuilder<unknown> = known.length === 0 ? sql`` : sql`where not ${isKnown}`
  const { rows } = await sql<Result>`select ${columns} ${found} ${others}`.execute(query)
  return rows
}

async function updateRows<Result>(query: Kysely<Tables>, update: RowUpdate): Promise<Result[]> {
  const { table, set, given, on, returning } = update
  const target = sql.table(table)
  // Rows are locked as they are read, not as they match: of a small table all would be.
  const joined = sql`${given} as given straight_join ${target} force index (primary) on ${on}`
  if (returning === undefined) {
    await sql`update ${joined} set ${set}`.execute(query)
    return []
  }
  const { rows: found } = await sql<{ id: number }>`
    select ${sql.ref(`${table}.id`)} as id from ${joined} for update
  `.execute(query)
  if (found.length === 0) return []
  await sql`update ${joined} set ${set}`.execute(query)
  const { rows } = await sql<Result>`
    select ${refs(returning)} from ${target} where id ${list(found.map((row) => row.id))}
  `.execute(query)
  return rows
}

/** Only MariaDB limits more than reading; to MySQL that part is a comment. */
function statementLimit(ms: number): RawBuilder<unknown> {
  return sql`set @unused = 0 /*M! , session max_statement_time = ${sql.lit(ms / 1_000)} */`
}

/** MySQL 8 and MariaDB: https://mariadb.com/kb/en/mariadb-error-code-reference/ names the codes. */
export const mysqlDialect: Dialect = {
  name: 'mysql',
  isShared: true,
  hasPartialIndexes: false,
  rows: (rows, columns) => {
    const [first = []] = rows
    const given = compareRows(rows, columns)
    const varying = given.filter((column) => column.varies)
    const picked = given.map(({ name, index, varies }) =>
      varies ? sql.ref(name) : sql`${first[index]} as ${sql.ref(name)}`
    )
    const typed = varying.map(
      ({ name, kind }, place) =>
        sql`, ${sql.ref(name)} ${TYPES[kind]} path ${sql.lit(`$[${place}]`)}`
    )
    const json = JSON.stringify(rows.map((row) => varying.map(({ index }) => row[index])))
    return sql`(
      select ${sql.join(picked)} from json_table(
        ${json}, '$[*]' columns (place for ordinality ${sql.join(typed, sql``)})
      ) as one
    )`
  },
  among: list,
  amongTexts: list,
  uniqueIndexes: sql`
    select distinct index_name as name from information_schema.statistics
    where table_schema = database() and table_name in ('carillon_jobs', 'carillon_runs')
      and non_unique = 0
  `,
  forUpdate: sql`for update`,
  forUpdateSkipLocked: sql`for update skip locked`,
  forShare: sql`lock in share mode`,
  insertRows,
  updateRows,
  onSameKey: () => sql`on duplicate key update`,
  withoutLimits: { begin: statementLimit(0), end: statementLimit(STATEMENT_TIMEOUT_MS) },
  isBusy: (error) => BUSY_CODES.has(codeOf(error)),
  isDuplicate: (error) => codeOf(error) === 'ER_DUP_ENTRY',
  isFull: (error) => ['ER_DISK_FULL', 'ER_RECORD_FILE_FULL'].includes(codeOf(error)),
  isLost: isConnectionFault
}
