import { MysqlAdapter, sql, type Kysely } from 'kysely'

/** What lists of the runs of all jobs are read by: the newest occurrence first, in a stretch of time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createIndex(db, 'carillon_runs_scheduled', { on: 'scheduled_for, id' })
  // What did not go well, and what was not started by a schedule: little, among much that is neither.
  await createIndex(db, 'carillon_runs_troubled', {
    on: 'state, scheduled_for, id',
    where: "state in ('failed', 'cancelled', 'skipped', 'missed')"
  })
  await createIndex(db, 'carillon_runs_caused', {
    on: 'cause, scheduled_for, id',
    where: "cause in ('manual', 'catch_up', 'backfill')"
  })
  // It answered the same question in the order of ids.
  await dropIndex(db, 'carillon_runs_exceptional')
}

/** On MySQL, where changes of tables are not undone and no index is partial, one that is there is kept. */
async function createIndex(
  db: Kysely<unknown>,
  name: string,
  { on, where }: { on: string; where?: string }
): Promise<void> {
  if (isMysql(db) && (await hasIndex(db, name))) return
  const condition = isMysql(db) || where === undefined ? '' : ` where ${where}`
  await sql.raw(`create index ${name} on carillon_runs (${on})${condition}`).execute(db)
}

async function dropIndex(db: Kysely<unknown>, name: string): Promise<void> {
  if (!isMysql(db)) await sql.raw(`drop index ${name}`).execute(db)
  else if (await hasIndex(db, name)) {
    await sql.raw(`drop index ${name} on carillon_runs`).execute(db)
  }
}

async function hasIndex(db: Kysely<unknown>, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.statistics
    where table_schema = database() and index_name = ${name} limit 1
  `.execute(db)
  return rows.length > 0
}

function isMysql(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}
