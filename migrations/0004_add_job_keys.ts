import { MysqlAdapter, sql, type Kysely } from 'kysely'

/** The caller's own name of a job, by which it can be created or replaced. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isMysql = db.getExecutor().adapter instanceof MysqlAdapter
  // On MySQL, where changes of tables are not undone, what is there is kept.
  if (!isMysql || (await isMissing(db, 'columns', 'column_name', 'job_key'))) {
    const type = isMysql ? 'varchar(200)' : 'text'
    await db.schema.alterTable('carillon_jobs').addColumn('job_key', type).execute()
  }
  const create = sql`create unique index carillon_jobs_key on carillon_jobs (job_key)`
  if (!isMysql) await sql`${create} where job_key is not null`.execute(db)
  else if (await isMissing(db, 'statistics', 'index_name', 'carillon_jobs_key')) {
    await create.execute(db)
  }
}

async function isMissing(
  db: Kysely<unknown>,
  table: 'columns' | 'statistics',
  ...[column, name]: [column: string, name: string]
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from ${sql.table(`information_schema.${table}`)}
    where table_schema = database() and table_name = 'carillon_jobs' and ${sql.ref(column)} = ${name}
  `.execute(db)
  return rows.length === 0
}
