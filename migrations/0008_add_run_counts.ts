import { MysqlAdapter, sql, type Kysely } from 'kysely'

/**
 * How many runs of each hour ended in which way. What the ledger holds by now is counted here, under
 * the id of no replica, so that the past is not empty.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isMysql = db.getExecutor().adapter instanceof MysqlAdapter
  const builder = db.schema.createTable('carillon_run_counts')
  // On MySQL, where changes of tables are not undone, what is there is kept.
  const end = sql`engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`
  await (isMysql ? builder.ifNotExists().modifyEnd(end) : builder)
    .addColumn('hour', 'bigint', (column) => column.notNull())
    // Each replica adds to rows of its own, so that none waits for another.
    .addColumn('replica', 'bigint', (column) => column.notNull())
    .addColumn('outcome', isMysql ? 'varchar(191)' : 'text', (column) => column.notNull())
    .addColumn('occurrences', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('carillon_run_counts_pk', ['hour', 'replica', 'outcome'])
    .execute()
  // Of a first try that was cut off.
  if (isMysql) await sql`delete from carillon_run_counts`.execute(db)
  await sql`
    insert into carillon_run_counts (hour, replica, outcome, occurrences)
    select scheduled_for - scheduled_for % 3600000, 0, state, sum(occurrences)
    from carillon_runs
    where state in ('succeeded', 'failed', 'cancelled', 'skipped', 'missed')
    group by scheduled_for - scheduled_for % 3600000, state
  `.execute(db)
}
