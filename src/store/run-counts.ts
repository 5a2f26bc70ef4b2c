import { sql } from 'kysely'
import type { HourCount, RunEnd } from '../domain/run-hours.ts'
import { createRunTally, type RunTally, type TalliedEnd } from '../domain/run-tally.ts'
import type { Db } from './db.ts'
import type { Columns, Row } from './dialect.ts'

/** On whose behalf is counted what no replica did; ids of replicas begin at 1. */
const NOBODY = 0

/**
 * Counts what comes to an end in this transaction: it is written with the last statement before the
 * commit, because the transactions of a replica share its rows. A transaction that is ended by others
 * holds what it writes for longer, so it writes rows that nobody else does.
 */
export async function countEnds(
  trx: Db,
  replica: number | null,
  ends: readonly TalliedEnd[]
): Promise<void> {
  if (ends.length === 0) return
  if (trx.tally !== undefined) {
    trx.tally.add(replica ?? NOBODY, ends)
    return
  }
  const tally = createRunTally()
  tally.add(-1 - Math.floor(Math.random() * 2 ** 31), ends)
  await writeTally(trx, tally)
}

const GIVEN: Columns = {
  hour: 'integer',
  replica: 'integer',
  outcome: 'text',
  occurrences: 'integer'
}

const KEY = sql`hour, replica, outcome`

/** Adds what was counted to what is there. */
export async function writeTally({ query, dialect }: Db, tally: RunTally): Promise<void> {
  const lines = tally.lines()
  if (lines.length === 0) return
  const rows = lines.map((line): Row => [line.hour, line.replica, line.outcome, line.occurrences])
  await sql`
    insert into carillon_run_counts (${KEY}, occurrences)
    select ${KEY}, occurrences from ${dialect.rows(rows, GIVEN)} as excluded where true
    ${dialect.onSameKey(KEY)}
      occurrences = carillon_run_counts.occurrences + excluded.occurrences
  `.execute(query)
}

/** What was counted of the hours from one on, which began at `first` (epoch milliseconds). */
export async function listHourCounts(db: Db, first: number): Promise<HourCount[]> {
  const { rows } = await sql<{ hour: number; outcome: RunEnd; count: number | string }>`
    select hour, outcome, sum(occurrences) as count from carillon_run_counts
    where hour >= ${first} group by hour, outcome
  `.execute(db.query)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** Deletes what was counted of hours that began before an instant: about `limit` rows of the oldest. */
export async function pruneHourCounts(db: Db, before: number, limit: number): Promise<void> {
  const oldest = await db.query
    .selectFrom('carillon_run_counts')
    .select('hour')
    .where('hour', '<', before)
    .orderBy('hour')
    .limit(limit)
    .execute()
  const last = oldest.at(-1)
  if (last === undefined) return
  await db.query.deleteFrom('carillon_run_counts').where('hour', '<=', last.hour).execute()
}
