import { MysqlAdapter, PostgresAdapter, sql, type Kysely } from 'kysely'

/** The last lines that the handler of each attempt logged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { adapter } = db.getExecutor()
  const isMysql = adapter instanceof MysqlAdapter
  const id = isMysql || adapter instanceof PostgresAdapter ? 'bigint' : 'integer'
  const text = isMysql ? sql`longtext` : 'text'
  const builder = db.schema.createTable('carillon_run_logs')
  // On MySQL, where changes of tables are not undone, what is there is kept.
  const end = sql`engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`
  await (isMysql ? builder.ifNotExists().modifyEnd(end) : builder)
    .addColumn('run_id', id, (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('last_line', 'integer', (column) => column.notNull())
    .addColumn('lines', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('carillon_run_logs_pk', ['run_id', 'attempt'])
    .execute()
}
