import {
  MysqlAdapter,
  PostgresAdapter,
  sql,
  type ColumnDataType,
  type CreateTableBuilder,
  type Kysely,
  type RawBuilder
} from 'kysely'

/**
 * Instants are epoch milliseconds. NULL in a column that something waits on means "not waiting",
 * which keeps the partial indexes as small as the work at hand; where there are none, their
 * conditions fall away.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const words = await wordsOf(db)
  await createJobs(db, words)
  await createRuns(db, words)
  await createReplicas(db, words)
}

/** How a database says it. */
interface Words {
  isMysql: boolean
  /** Ids and references to them: 64 bits. */
  id: ColumnDataType
  /** A short text that an index holds. */
  word: ColumnDataType | RawBuilder<unknown>
  text: ColumnDataType | RawBuilder<unknown>
  /** What follows the columns of a table. */
  end: RawBuilder<unknown>
}

async function wordsOf(db: Kysely<unknown>): Promise<Words> {
  const { adapter } = db.getExecutor()
  if (!(adapter instanceof MysqlAdapter)) {
    const id = adapter instanceof PostgresAdapter ? 'bigint' : 'integer'
    return { isMysql: false, id, word: 'text', text: 'text', end: sql`` }
  }
  // "job" and "Job " are two texts, as everywhere else.
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db)
  const isMaria = rows[0]?.version.toLowerCase().includes('mariadb') === true
  const collation = sql.raw(isMaria ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin')
  const end = sql`engine = InnoDB default character set utf8mb4 collate ${collation}`
  return { isMysql: true, id: 'bigint', word: 'varchar(191)', text: sql`longtext`, end }
}

/** A table with an id of its own; on MySQL, where tables are not undone, one that is there is kept. */
function createTable(db: Kysely<unknown>, name: string, { id, isMysql, end }: Words) {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  // The id of a deleted job must never come back, its runs are still readable.
  const builder: CreateTableBuilder<string, string> = db.schema
    .createTable(name)
    .addColumn('id', id, (column) => {
      const key = column.primaryKey()
      return isPostgres ? key.generatedByDefaultAsIdentity() : key.autoIncrement()
    })
  return isMysql ? builder.ifNotExists().modifyEnd(end) : builder
}

async function index(
  db: Kysely<unknown>,
  { isMysql }: Words,
  {
    name,
    on,
    where,
    unique = false
  }: { name: string; on: string; where?: string; unique?: boolean }
): Promise<void> {
  const create = sql.raw(`create ${unique ? 'unique ' : ''}index ${name} on ${on}`)
  if (!isMysql) {
    await sql`${create}${sql.raw(where === undefined ? '' : ` where ${where}`)}`.execute(db)
    return
  }
  const { rows } = await sql`
    select 1 from information_schema.statistics
    where table_schema = database() and index_name = ${name} limit 1
  `.execute(db)
  if (rows.length === 0) await create.execute(db)
}

async function createJobs(db: Kysely<unknown>, words: Words): Promise<void> {
  const { id, word, text, isMysql } = words
  await createTable(db, 'carillon_jobs', words)
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('target', word, (column) => column.notNull())
    .addColumn('definition', text, (column) => column.notNull())
    .addColumn('state', word, (column) => column.notNull())
    .addColumn('pause_reason', text)
    .addColumn('paused_at', 'bigint')
    .addColumn('next_run_at', 'bigint')
    .addColumn('last_run_at', 'bigint')
    .addColumn('last_outcome', word)
    .addColumn('last_success_at', 'bigint')
    .addColumn('consecutive_failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  const due = { on: 'carillon_jobs (next_run_at)', where: 'next_run_at is not null' }
  await index(db, words, { name: 'carillon_jobs_due', ...due })
  await index(db, words, { name: 'carillon_jobs_state', on: 'carillon_jobs (state, id)' })

  const plain = (name: string) => {
    const builder = db.schema.createTable(name)
    return isMysql ? builder.ifNotExists().modifyEnd(words.end) : builder
  }
  await plain('carillon_job_tags')
    .addColumn('tag', word, (column) => column.notNull())
    .addColumn('job_id', id, (column) => column.notNull())
    .addPrimaryKeyConstraint('carillon_job_tags_pk', ['tag', 'job_id'])
    .execute()
  await index(db, words, { name: 'carillon_job_tags_job', on: 'carillon_job_tags (job_id)' })

  // Definitions that were replaced: a run keeps working on the one it started with.
  await plain('carillon_job_versions')
    .addColumn('job_id', id, (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('definition', text, (column) => column.notNull())
    .addColumn('replaced_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('carillon_job_versions_pk', ['job_id', 'version'])
    .execute()
}

async function createRuns(db: Kysely<unknown>, words: Words): Promise<void> {
  const { id, word, text } = words
  await createTable(db, 'carillon_runs', words)
    .addColumn('job_id', id, (column) => column.notNull())
    .addColumn('job_version', 'integer', (column) => column.notNull())
    .addColumn('scheduled_for', 'bigint', (column) => column.notNull())
    // 0 for the planned occurrence itself; other values keep runs by hand apart from it.
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('cause', word, (column) => column.notNull())
    .addColumn('state', word, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('owner', id)
    .addColumn('replica', id)
    .addColumn('available_at', 'bigint')
    .addColumn('active_key', id)
    .addColumn('queue_key', id)
    .addColumn('cancel_requested_at', 'bigint')
    .addColumn('handler', text)
    .addColumn('params', text)
    .addColumn('range_to', 'bigint')
    .addColumn('occurrences', 'integer', (column) => column.notNull())
    .addColumn('queued_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('result', text)
    .addColumn('error', text)
    .addColumn('attempts', text)
    .execute()
  const on = (columns: string) => `carillon_runs (${columns})`
  // Once per occurrence, and the history of a job.
  await index(db, words, {
    name: 'carillon_runs_occurrence',
    on: on('job_id, scheduled_for, seq'),
    unique: true
  })
  // At most one active run of a job whose runs must not overlap.
  await index(db, words, {
    name: 'carillon_runs_active',
    on: on('active_key'),
    where: 'active_key is not null',
    unique: true
  })
  // What waits behind an active run.
  await index(db, words, {
    name: 'carillon_runs_queued',
    on: on('queue_key, id'),
    where: 'queue_key is not null'
  })
  // What can be claimed.
  await index(db, words, {
    name: 'carillon_runs_available',
    on: on('available_at, id'),
    where: 'available_at is not null'
  })
  // What a replica holds, and how many runs of a job are running.
  await index(db, words, {
    name: 'carillon_runs_owned',
    on: on('owner, job_id'),
    where: 'owner is not null'
  })
  // What did not go well, in a history that mostly did.
  await index(db, words, {
    name: 'carillon_runs_exceptional',
    on: on('state, id'),
    where: "state in ('failed', 'cancelled', 'skipped', 'missed')"
  })
}

async function createReplicas(db: Kysely<unknown>, words: Words): Promise<void> {
  await createTable(db, 'carillon_replicas', words)
    .addColumn('name', words.text, (column) => column.notNull())
    .addColumn('host', words.text, (column) => column.notNull())
    .addColumn('pid', 'integer', (column) => column.notNull())
    .addColumn('version', words.text, (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    // NULL once it has stopped or was found dead: its id never writes a result again.
    .addColumn('expires_at', 'bigint')
    .addColumn('stopped_at', 'bigint')
    // Rises when one of its runs is to be cancelled.
    .addColumn('signals', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  // Who is there now: old rows stay as long as runs name them.
  await index(db, words, {
    name: 'carillon_replicas_live',
    on: 'carillon_replicas (id)',
    where: 'expires_at is not null'
  })
}
