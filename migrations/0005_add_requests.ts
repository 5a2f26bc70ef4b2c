import { MysqlAdapter, PostgresAdapter, sql, type Kysely } from 'kysely'

/** Requests that carried a key of their own, with what was answered, so that none is done twice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { adapter } = db.getExecutor()
  const isMysql = adapter instanceof MysqlAdapter
  const digest = isMysql || adapter instanceof PostgresAdapter ? 'char(64)' : 'text'
  const text = isMysql ? sql`longtext` : 'text'
  const builder = db.schema.createTable('carillon_requests')
  // On MySQL, where changes of tables are not undone, what is there is kept.
  const end = sql`engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`
  await (isMysql ? builder.ifNotExists().modifyEnd(end) : builder)
    .addColumn('id', digest, (column) => column.primaryKey())
    .addColumn('fingerprint', digest, (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('answer', text)
    .execute()
  const name = 'carillon_requests_received'
  if (isMysql && (await hasIndex(db, name))) return
  await db.schema.createIndex(name).on('carillon_requests').column('received_at').execute()
}

async function hasIndex(db: Kysely<unknown>, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.statistics
    where table_schema = database() and index_name = ${name} limit 1
  `.execute(db)
  return rows.length > 0
}
