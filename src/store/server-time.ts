import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Db } from './db.ts'

/** The time on the clock of the database server, in epoch milliseconds, rounded down. */
export async function findServerTime(db: Db): Promise<number> {
  const now: RawBuilder<number> =
    db.dialect.name === 'mysql'
      ? sql`timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000`
      : sql`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`
  const { rows } = await sql<{ now: number }>`select ${now} as now`.execute(db.query)
  const [row] = rows
  if (row === undefined) throw new Error('The database does not tell the time.')
  return row.now
}
