import {
  MysqlAdapter,
  PostgresAdapter,
  sql,
  type ColumnDefinitionBuilder,
  type Kysely
} from 'kysely'

/** What comes first when slots are short, and what several processes on one database need. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const zero = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0)
  await addColumn(db, 'carillon_jobs', { name: 'priority', type: 'integer', build: zero })
  await addColumn(db, 'carillon_runs', { name: 'priority', type: 'integer', build: zero })
  // Each priority has its own queue in these, so that a long one of a low priority costs nothing.
  const duePriority = await addWaitingPriority(db, 'carillon_jobs', 'due_priority', 'next_run_at')
  await replaceIndex(db, {
    name: 'carillon_jobs_due',
    table: 'carillon_jobs',
    columns: `${duePriority}, next_run_at`,
    where: 'next_run_at is not null'
  })
  const available = ['available_priority', 'available_at'] as const
  const availablePriority = await addWaitingPriority(db, 'carillon_runs', ...available)
  await replaceIndex(db, {
    name: 'carillon_runs_available',
    table: 'carillon_runs',
    columns: `${availablePriority}, available_at, id`,
    where: 'available_at is not null'
  })
  // Why a run is to be cancelled, for the replica that runs it.
  const text = isMysql(db) ? sql`longtext` : 'text'
  await addColumn(db, 'carillon_runs', { name: 'cancel_reason', type: text })
  await createCommits(db)
}

interface NewColumn {
  name: string
  type: Parameters<ReturnType<Kysely<unknown>['schema']['alterTable']>['addColumn']>[1]
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

/**
 * MySQL has no partial indexes: there, a column that is empty for what does not wait keeps the rest of
 * the table out of the way.
 */
async function addWaitingPriority(
  db: Kysely<unknown>,
  table: string,
  ...[name, at]: [name: string, at: string]
): Promise<string> {
  if (!isMysql(db)) return 'priority'
  const value = sql`case when ${sql.ref(at)} is not null then priority end`
  await addColumn(db, table, {
    name,
    type: 'integer',
    build: (column) => column.generatedAlwaysAs(value)
  })
  return name
}

async function replaceIndex(
  db: Kysely<unknown>,
  index: { name: string; table: string; columns: string; where: string }
): Promise<void> {
  const create = sql.raw(`create index ${index.name} on ${index.table} (${index.columns})`)
  if (!isMysql(db)) {
    await sql`drop index ${sql.ref(index.name)}`.execute(db)
    await sql`${create} where ${sql.raw(index.where)}`.execute(db)
    return
  }
  const { rows } = await sql`
    select 1 from information_schema.statistics
    where table_schema = database() and index_name = ${index.name} limit 1
  `.execute(db)
  if (rows.length > 0) {
    await sql`drop index ${sql.ref(index.name)} on ${sql.table(index.table)}`.execute(db)
  }
  await create.execute(db)
}

/** Keys of transactions, by which it is known afterwards whether they were committed. */
async function createCommits(db: Kysely<unknown>): Promise<void> {
  const isServer = isMysql(db) || db.getExecutor().adapter instanceof PostgresAdapter
  // A server fills it in by its own clock; in a file the table stays empty.
  const now = isMysql(db)
    ? sql`(floor(unix_timestamp(now(3)) * 1000))`
    : sql`(floor(extract(epoch from clock_timestamp()) * 1000))`
  const builder = db.schema.createTable('carillon_commits')
  await (isMysql(db) ? builder.ifNotExists() : builder)
    .addColumn('id', isServer ? 'char(36)' : 'text', (column) => column.primaryKey())
    .addColumn('committed_at', 'bigint', (column) =>
      isServer ? column.notNull().defaultTo(now) : column.notNull().defaultTo(0)
    )
    .execute()
}

function isMysql(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}
