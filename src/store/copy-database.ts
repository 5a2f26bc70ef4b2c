import { sql } from 'kysely'
import { COPIED_TABLES, hasOwnIds } from './copied-tables.ts'
import {
  mustBeEmpty,
  refuseChanged,
  refuseFilled,
  refuseSame,
  refuseUsed,
  type FindLive
} from './copy-checks.ts'
import { compareTable, copyTable } from './copy-table.ts'
import type { Database, Db } from './db.ts'
import { findLastId, raiseLastId } from './last-ids.ts'
import { countRows } from './table-rows.ts'
import { inTransaction } from './transaction.ts'

/** How far a copy is with a table. */
export interface CopyProgress {
  step: 'copied' | 'compared'
  table: string
  rows: number
  /** Rows of the table. */
  of: number
}

/** What became of a table. */
export interface CopiedRows {
  table: string
  copied: number
  /** Found equal in both databases, column by column. */
  compared: number
}

export interface CopyOptions {
  findLive: FindLive
  onProgress: (progress: CopyProgress) => void
}

/**
 * Copies everything that a database holds into another one of any kind, which has the same schema
 * and is empty. When this resolves, all of it is committed and was compared row by row; otherwise
 * none of it. The source is only read, in one snapshot; ids stay what they are, and go on from there.
 * @throws CarillonError `store_unusable` when it is refused, or when something differs
 */
export async function copyDatabase(
  source: Database,
  destination: Database,
  options: CopyOptions
): Promise<CopiedRows[]> {
  await refuseSame(source, destination)
  await refuseUsed(destination, options.findLive)
  await refuseFilled(destination)
  const lastIds = await lastIdsOf(source)
  // Before the transaction, because not every database lets counters be a part of one: what an
  // interruption leaves is an empty database that counts on from there.
  await raiseLastIds(destination, lastIds)
  return inTransaction(destination, async (target) => {
    const report = await inSnapshot(source, (db) => copyTables(db, target, options))
    await refuseUsed(source, options.findLive)
    refuseChanged(source, lastIds, await lastIdsOf(source))
    return report
  })
}

/** Everything that is read in `work` is of one moment. */
function inSnapshot<Result>(
  { query, dialect }: Database,
  work: (db: Db) => Promise<Result>
): Promise<Result> {
  const transaction = query.transaction()
  const snapshot = dialect.isShared
    ? transaction.setIsolationLevel('repeatable read').setAccessMode('read only')
    : transaction
  return snapshot.execute((trx) => work({ query: trx, dialect }))
}

async function copyTables(
  source: Db,
  target: Db,
  { onProgress }: CopyOptions
): Promise<CopiedRows[]> {
  const counts = new Map<string, number>()
  for (const table of COPIED_TABLES) counts.set(table.name, await countRows(source, table))
  const report = (step: CopyProgress['step'], table: string) => (rows: number) =>
    onProgress({ step, table, rows, of: counts.get(table) ?? rows })

  const copied = new Map<string, number>()
  for (const table of COPIED_TABLES) {
    const { name } = table
    if (!mustBeEmpty(name)) await sql`delete from ${sql.table(name)}`.execute(target.query)
    copied.set(name, await copyTable({ table, source, target }, report('copied', name)))
  }
  const rows: CopiedRows[] = []
  for (const table of COPIED_TABLES) {
    const { name } = table
    const compared = await compareTable({ table, source, target }, report('compared', name))
    rows.push({ table: name, copied: copied.get(name) ?? 0, compared })
  }
  return rows
}

async function lastIdsOf(db: Db): Promise<Map<string, number>> {
  const lastIds = new Map<string, number>()
  for (const table of COPIED_TABLES.filter(hasOwnIds)) {
    lastIds.set(table.name, await findLastId(db, table.name))
  }
  return lastIds
}

/** An id that was given out on either side is not given out again. */
async function raiseLastIds(db: Db, lastIds: ReadonlyMap<string, number>): Promise<void> {
  for (const [table, id] of lastIds) {
    if (id > (await findLastId(db, table))) await raiseLastId(db, table, id)
  }
}
