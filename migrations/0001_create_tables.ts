import { sql, type Kysely } from 'kysely'

/**
 * Instants are epoch milliseconds. NULL in a column that something waits on means "not waiting",
 * which keeps the partial indexes as small as the work at hand.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createJobs(db)
  await createRuns(db)
  await createReplicas(db)
}

async function createJobs(db: Kysely<unknown>): Promise<void> {
  // AUTOINCREMENT: the id of a deleted job must never come back, its runs are still readable.
  await db.schema
    .createTable('carillon_jobs')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('pause_reason', 'text')
    .addColumn('paused_at', 'bigint')
    .addColumn('next_run_at', 'bigint')
    .addColumn('last_run_at', 'bigint')
    .addColumn('last_outcome', 'text')
    .addColumn('last_success_at', 'bigint')
    .addColumn('consecutive_failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index carillon_jobs_due on carillon_jobs (next_run_at) where next_run_at is not null`.execute(
    db
  )
  await sql`create index carillon_jobs_state on carillon_jobs (state, id)`.execute(db)

  await db.schema
    .createTable('carillon_job_tags')
    .addColumn('tag', 'text', (column) => column.notNull())
    .addColumn('job_id', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('carillon_job_tags_pk', ['tag', 'job_id'])
    .execute()
  await sql`create index carillon_job_tags_job on carillon_job_tags (job_id)`.execute(db)

  // Definitions that were replaced: a run keeps working on the one it started with.
  await db.schema
    .createTable('carillon_job_versions')
    .addColumn('job_id', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('replaced_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('carillon_job_versions_pk', ['job_id', 'version'])
    .execute()
}

async function createRuns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('carillon_runs')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('job_id', 'integer', (column) => column.notNull())
    .addColumn('job_version', 'integer', (column) => column.notNull())
    .addColumn('scheduled_for', 'bigint', (column) => column.notNull())
    // 0 for the planned occurrence itself; other values keep runs by hand apart from it.
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('owner', 'integer')
    .addColumn('replica', 'integer')
    .addColumn('available_at', 'bigint')
    .addColumn('active_key', 'integer')
    .addColumn('queue_key', 'integer')
    .addColumn('cancel_requested_at', 'bigint')
    .addColumn('handler', 'text')
    .addColumn('params', 'text')
    .addColumn('range_to', 'bigint')
    .addColumn('occurrences', 'integer', (column) => column.notNull())
    .addColumn('queued_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('attempts', 'text')
    .execute()
  // Once per occurrence, and the history of a job.
  await sql`create unique index carillon_runs_occurrence on carillon_runs (job_id, scheduled_for, seq)`.execute(
    db
  )
  // At most one active run of a job whose runs must not overlap.
  await sql`create unique index carillon_runs_active on carillon_runs (active_key) where active_key is not null`.execute(
    db
  )
  // What waits behind an active run.
  await sql`create index carillon_runs_queued on carillon_runs (queue_key, id) where queue_key is not null`.execute(
    db
  )
  // What can be claimed.
  await sql`create index carillon_runs_available on carillon_runs (available_at, id) where available_at is not null`.execute(
    db
  )
  // What a replica holds, and how many runs of a job are running.
  await sql`create index carillon_runs_owned on carillon_runs (owner, job_id) where owner is not null`.execute(
    db
  )
  // What did not go well, in a history that mostly did.
  await sql`create index carillon_runs_exceptional on carillon_runs (state, id) where state in ('failed', 'cancelled', 'skipped', 'missed')`.execute(
    db
  )
}

async function createReplicas(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('carillon_replicas')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('pid', 'integer', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    // NULL once it has stopped or was found dead: its id never writes a result again.
    .addColumn('expires_at', 'bigint')
    .addColumn('stopped_at', 'bigint')
    // Rises when one of its runs is to be cancelled.
    .addColumn('signals', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  // Who is there now: old rows stay as long as runs name them.
  await sql`create index carillon_replicas_live on carillon_replicas (id) where expires_at is not null`.execute(
    db
  )
}
