import { MysqlAdapter, PostgresAdapter, sql, type Kysely } from 'kysely'

/** API keys: what each is for, and a digest of its secret. No row is ever deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { adapter } = db.getExecutor()
  const isMysql = adapter instanceof MysqlAdapter
  const isPostgres = adapter instanceof PostgresAdapter
  const id = isMysql || isPostgres ? 'bigint' : 'integer'
  const digest = isMysql || isPostgres ? 'char(64)' : 'text'
  const word = isMysql ? 'varchar(191)' : 'text'
  const text = isMysql ? sql`longtext` : 'text'
  const builder = db.schema.createTable('carillon_keys')
  // On MySQL, where changes of tables are not undone, what is there is kept.
  const end = sql`engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`
  await (isMysql ? builder.ifNotExists().modifyEnd(end) : builder)
    .addColumn('id', id, (column) => {
      const key = column.primaryKey()
      return isPostgres ? key.generatedByDefaultAsIdentity() : key.autoIncrement()
    })
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('scopes', word, (column) => column.notNull())
    .addColumn('digest', digest, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('created_by', text)
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute()
}
