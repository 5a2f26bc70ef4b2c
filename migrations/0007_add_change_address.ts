import { MysqlAdapter, sql, type Kysely } from 'kysely'

/** Where a change was asked for from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isMysql = db.getExecutor().adapter instanceof MysqlAdapter
  // On MySQL, where changes of tables are not undone, a column that is there is kept.
  if (isMysql && (await hasAddress(db))) return
  const text = isMysql ? sql`longtext` : 'text'
  await db.schema.alterTable('carillon_changes').addColumn('address', text).execute()
}

async function hasAddress(db: Kysely<unknown>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.columns
    where table_schema = database() and table_name = 'carillon_changes'
      and column_name = 'address'
  `.execute(db)
  return rows.length > 0
}
