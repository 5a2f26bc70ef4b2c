import { sql } from 'kysely'
import type { Db } from './db.ts'
import type { Columns } from './dialect.ts'
import { decodeLines, type StoredLine } from './run-log-codec.ts'

/** The last lines of an attempt, as they are kept. */
export interface RunLogRow {
  runId: number
  attempt: number
  /** The number of the last of them: so many were logged. */
  lastLine: number
  /** JSON of an array of {@link StoredLine}. */
  lines: string
}

/** What is kept of an attempt, decoded. */
export interface StoredLog {
  attempt: number
  lastLine: number
  lines: StoredLine[]
}

/** Of a run that is tried again and again, the lines of so many attempts are kept, the last ones. */
export const MAX_LOGGED_ATTEMPTS = 10

const GIVEN: Columns = {
  run_id: 'integer',
  attempt: 'integer',
  last_line: 'integer',
  lines: 'text'
}

const KEY = sql`run_id, attempt`
/** A word of MySQL's own. */
const LINES = sql.ref('lines')

/**
 * Puts lines in place of those that were there of the same attempts; what was there stays where it goes
 * further, so it does not matter in which order they are written, or how often.
 */
export async function writeRunLogs(trx: Db, rows: readonly RunLogRow[]): Promise<void> {
  if (rows.length === 0) return
  const { query, dialect } = trx
  const given = rows.map((row) => [row.runId, row.attempt, row.lastLine, row.lines] as const)
  const isFurther = sql`excluded.last_line > carillon_run_logs.last_line`
  // How far they go is set last: on MySQL, what is set before it must not see it.
  await sql`
    insert into carillon_run_logs (${KEY}, last_line, ${LINES})
    select ${KEY}, last_line, ${LINES} from ${dialect.rows(given, GIVEN)} as excluded where true
    ${dialect.onSameKey(KEY)}
      ${LINES} = case when ${isFurther} then excluded.${LINES} else carillon_run_logs.${LINES} end,
      last_line =
        case when ${isFurther} then excluded.last_line else carillon_run_logs.last_line end
  `.execute(query)
  for (const { runId, attempt } of rows) {
    if (attempt <= MAX_LOGGED_ATTEMPTS) continue
    await sql`
      delete from carillon_run_logs
      where run_id = ${runId} and attempt <= ${attempt - MAX_LOGGED_ATTEMPTS}
    `.execute(trx.query)
  }
}

/** What is kept of the lines of a run, attempt by attempt. */
export async function listRunLogs(db: Db, runId: number): Promise<StoredLog[]> {
  const rows = await db.query
    .selectFrom('carillon_run_logs')
    .select(['attempt', 'last_line', 'lines'])
    .where('run_id', '=', runId)
    .orderBy('attempt')
    .execute()
  return rows.map(({ attempt, last_line: lastLine, lines }) => ({
    attempt,
    lastLine,
    lines: decodeLines(lines)
  }))
}

/** Deletes the lines of these runs. */
export async function deleteRunLogs(trx: Db, runIds: readonly number[]): Promise<void> {
  await sql`delete from carillon_run_logs where run_id ${trx.dialect.among(runIds)}`.execute(
    trx.query
  )
}

/** Deletes lines whose runs are gone, among ids after one and up to another. */
export async function deleteLeftLogs(
  trx: Db,
  { afterId, lastId }: { afterId: number; lastId: number }
): Promise<void> {
  await sql`
    delete from carillon_run_logs where run_id > ${afterId} and run_id <= ${lastId}
      and not exists (select 1 from carillon_runs where id = carillon_run_logs.run_id)
  `.execute(trx.query)
}
