import {
  MysqlAdapter,
  PostgresAdapter,
  sql,
  type ColumnDefinitionBuilder,
  type Kysely
} from 'kysely'

/** Limits, pauses that end by themselves, skipped occurrences, and who changed what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const zero = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0)
  // How many occurrences became runs, for jobs that end after so many.
  await addColumn(db, 'carillon_jobs', { name: 'scheduled_runs', type: 'integer', build: zero })
  await addColumn(db, 'carillon_jobs', { name: 'paused_until', type: 'bigint' })
  await addColumn(db, 'carillon_jobs', { name: 'skip_next', type: 'integer', build: zero })
  // How much later than its occurrence a run was to start.
  await addColumn(db, 'carillon_runs', { name: 'delay_ms', type: duration(db), build: zero })
  await createChanges(db)
}

/** A month in milliseconds needs more than 32 bits, which an integer of SQLite has. */
function duration(db: Kysely<unknown>): NewColumn['type'] {
  const isServer = isMysql(db) || db.getExecutor().adapter instanceof PostgresAdapter
  return isServer ? 'bigint' : 'integer'
}

interface NewColumn {
  name: string
  type: 'integer' | 'bigint'
  build?: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
}

/** On MySQL, where changes of tables are not undone, a column that is there is kept. */
async function addColumn(
  db: Kysely<unknown>,
  table: string,
  { name, type, build = (column) => column }: NewColumn
): Promise<void> {
  if (isMysql(db)) {
    const { rows } = await sql`
      select 1 from information_schema.columns
      where table_schema = database() and table_name = ${table} and column_name = ${name}
    `.execute(db)
    if (rows.length > 0) return
  }
  await db.schema.alterTable(table).addColumn(name, type, build).execute()
}

function isMysql(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}

async function createChanges(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  const id = isMysql(db) || isPostgres ? 'bigint' : 'integer'
  const text = isMysql(db) ? sql`longtext` : 'text'
  const word = isMysql(db) ? 'varchar(191)' : 'text'
  const end = isMysql(db) ? await likeTable(db, 'carillon_jobs') : sql``
  const create = (name: string) => {
    const builder = db.schema.createTable(name)
    return isMysql(db) ? builder.ifNotExists().modifyEnd(end) : builder
  }
  await create('carillon_changes')
    .addColumn('id', id, (column) => {
      const key = column.primaryKey()
      return isPostgres ? key.generatedByDefaultAsIdentity() : key.autoIncrement()
    })
    .addColumn('job_id', id, (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('action', word, (column) => column.notNull())
    .addColumn('actor', text)
    .addColumn('version', 'integer', (column) => column.notNull())
    // JSON: what was changed, field by field.
    .addColumn('detail', text)
    .execute()
  const { rows } = isMysql(db)
    ? await sql`
        select 1 from information_schema.statistics
        where table_schema = database() and index_name = 'carillon_changes_job' limit 1
      `.execute(db)
    : { rows: [] }
  if (rows.length === 0) {
    await sql`create index carillon_changes_job on carillon_changes (job_id, id)`.execute(db)
  }

  await create('carillon_settings')
    .addColumn('name', word, (column) => column.primaryKey())
    .addColumn('value', text, (column) => column.notNull())
    .execute()
}

/** The texts of a new table are compared as those of another one. */
async function likeTable(db: Kysely<unknown>, name: string) {
  const { rows } = await sql<{ collation: string }>`
    select table_collation as collation from information_schema.tables
    where table_schema = database() and table_name = ${name}
  `.execute(db)
  const collation = sql.raw(rows[0]?.collation ?? 'utf8mb4_bin')
  return sql`engine = InnoDB default character set utf8mb4 collate ${collation}`
}
