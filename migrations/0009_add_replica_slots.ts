import { MysqlAdapter, sql, type Kysely } from 'kysely'

/** How many runs a replica may carry out at once, and when it last looked for what is due. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isMysql = db.getExecutor().adapter instanceof MysqlAdapter
  for (const [name, type] of [
    ['slots', 'integer'],
    ['passed_at', 'bigint']
  ] as const) {
    // On MySQL, where changes of tables are not undone, a column that is there is kept.
    if (isMysql && (await hasColumn(db, name))) continue
    await db.schema.alterTable('carillon_replicas').addColumn(name, type).execute()
  }
}

async function hasColumn(db: Kysely<unknown>, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.columns
    where table_schema = database() and table_name = 'carillon_replicas' and column_name = ${name}
  `.execute(db)
  return rows.length > 0
}
