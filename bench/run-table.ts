import { sql, type RawBuilder } from 'kysely'
import type { Dialect } from '../src/store/dialect.ts'
import { openDatabase } from '../src/store/open.ts'

const BATCH = 100_000
const HOUR_MS = 3_600_000

/** Numbers from one to another, both among them, as `series.n`. */
const SERIES: Readonly<Record<Dialect['name'], (from: number, to: number) => RawBuilder<unknown>>> =
  {
    sqlite: (from, to) => sql`(
      with recursive counted (n) as (
        select ${from} union all select n + 1 from counted where n < ${to}
      ) select n from counted
    ) as series`,
    postgres: (from, to) => sql`generate_series(${from}::bigint, ${to}::bigint) as series (n)`,
    // MariaDB makes tables of numbers by their names.
    mysql: (from, to) => sql`(select seq as n from ${sql.raw(`seq_${from}_to_${to}`)}) as series`
  }

/**
 * Puts so many runs into the table that have succeeded within the last hours, of so many jobs in turn: what
 * a service has kept of what it did.
 */
export async function fillRuns(url: string, count: number, jobs: number): Promise<void> {
  const database = await openDatabase(url)
  const newest = Date.now() - HOUR_MS
  try {
    for (let from = 1; from <= count; from += BATCH) {
      const series = SERIES[database.dialect.name](from, Math.min(count, from + BATCH - 1))
      await sql`
        insert into carillon_runs (
          job_id, job_version, scheduled_for, seq, cause, state, attempt, replica, handler,
          occurrences, queued_at, started_at, finished_at
        )
        select 1 + n % ${sql.lit(jobs)}, 1, ${sql.lit(newest - count)} + n, 0, 'schedule',
          'succeeded', 1, 1, 'measured', 1, ${sql.lit(newest)}, ${sql.lit(newest)}, ${sql.lit(newest)}
        from ${series}
      `.execute(database.query)
    }
  } finally {
    await database.close()
  }
}
