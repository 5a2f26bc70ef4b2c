import { sql, type Kysely } from 'kysely'

/** Limits, pauses that end by themselves, skipped occurrences, and who changed what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const jobs = db.schema.alterTable('carillon_jobs')
  // How many occurrences became runs, for jobs that end after so many.
  await jobs
    .addColumn('scheduled_runs', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await jobs.addColumn('paused_until', 'bigint').execute()
  await jobs.addColumn('skip_next', 'integer', (column) => column.notNull().defaultTo(0)).execute()

  // How much later than its occurrence a run was to start.
  await db.schema
    .alterTable('carillon_runs')
    .addColumn('delay_ms', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()

  await db.schema
    .createTable('carillon_changes')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('job_id', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    // JSON: what was changed, field by field.
    .addColumn('detail', 'text')
    .execute()
  await sql`create index carillon_changes_job on carillon_changes (job_id, id)`.execute(db)

  await db.schema
    .createTable('carillon_settings')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute()
}
