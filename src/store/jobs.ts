import { sql, type Insertable, type Updateable } from 'kysely'
import type { JobState } from '../domain/job.ts'
import type { StoredInput } from '../domain/secrets/stored-input.ts'
import type { Db } from './db.ts'
import { insertedId } from './inserted-id.ts'
import { runningRuns, type JobRow } from './job-codec.ts'
import type { JobTable } from './tables.ts'

/** A job to be stored: what the client sent, checked, and where it stands. */
export interface NewJob {
  input: StoredInput
  nextRunAt: number
  now: number
}

/** @returns the id of the new job */
export async function insertJob(db: Db, { input, nextRunAt, now }: NewJob): Promise<number> {
  const row: Insertable<JobTable> = {
    ...definitionColumns(input),
    version: 1,
    state: 'enabled',
    next_run_at: nextRunAt,
    created_at: now,
    updated_at: now
  }
  const id = await insertedId(db, db.query.insertInto('carillon_jobs').values(row))
  await insertTags(db, id, input.tags ?? [])
  return id
}

/** The job, or undefined. In a transaction it stays as it is until the transaction ends. */
export function findJob(db: Db, id: number): Promise<JobRow | undefined> {
  const job = db.query
    .selectFrom('carillon_jobs')
    .selectAll()
    .select(runningRuns.as('running'))
    .where('id', '=', id)
  const isDecided = db.query.isTransaction && db.dialect.isShared
  return (isDecided ? job.forUpdate() : job).executeTakeFirst()
}

/** The id of the job with a key, or undefined. */
export async function findJobId(db: Db, key: string): Promise<number | undefined> {
  const row = await db.query
    .selectFrom('carillon_jobs')
    .select('id')
    .where('job_key', '=', key)
    .executeTakeFirst()
  return row?.id
}

/** Changes columns that are no part of the definition, such as the state. */
export async function updateJobState(
  db: Db,
  id: number,
  columns: Pick<
    Updateable<JobTable>,
    'state' | 'pause_reason' | 'paused_at' | 'paused_until' | 'skip_next' | 'next_run_at'
  >
): Promise<void> {
  await db.query.updateTable('carillon_jobs').set(columns).where('id', '=', id).execute()
}

/** Writes the same definition in another form: its version stays what it is. */
export async function rewriteDefinition(db: Db, id: number, input: StoredInput): Promise<void> {
  const definition = JSON.stringify(input)
  await db.query.updateTable('carillon_jobs').set({ definition }).where('id', '=', id).execute()
}

/** A change of a definition, made from the version that `job` was read at. */
export interface JobChange {
  job: JobRow
  input: StoredInput
  state: JobState
  nextRunAt: number | null
  now: number
}

/** Replaces the definition, keeping the old one for the runs that work on it. */
export async function updateJobDefinition(db: Db, change: JobChange): Promise<void> {
  const { job, input, now } = change
  await keepVersion(db, job, now)
  await db.query
    .updateTable('carillon_jobs')
    .set({
      ...definitionColumns(input),
      version: job.version + 1,
      state: change.state,
      next_run_at: change.nextRunAt,
      updated_at: now
    })
    .where('id', '=', job.id)
    .execute()
  await db.query.deleteFrom('carillon_job_tags').where('job_id', '=', job.id).execute()
  await insertTags(db, job.id, input.tags ?? [])
}

/** Takes the job out; its definition is kept for the runs that may still work on it. */
export async function deleteJob(db: Db, job: JobRow, now: number): Promise<void> {
  await keepVersion(db, job, now)
  await db.query.deleteFrom('carillon_job_tags').where('job_id', '=', job.id).execute()
  await db.query.deleteFrom('carillon_jobs').where('id', '=', job.id).execute()
}

function definitionColumns(input: StoredInput) {
  return {
    name: input.name,
    target: input.target?.type ?? 'log',
    definition: JSON.stringify(input),
    job_key: input.key ?? null,
    priority: input.priority ?? 0
  }
}

async function keepVersion(db: Db, job: JobRow, now: number): Promise<void> {
  await db.query
    .insertInto('carillon_job_versions')
    .values({
      job_id: job.id,
      version: job.version,
      definition: job.definition,
      replaced_at: now
    })
    .execute()
}

async function insertTags(db: Db, jobId: number, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return
  const rows = tags.map((tag) => ({ tag, job_id: jobId }))
  await db.query.insertInto('carillon_job_tags').values(rows).execute()
}

/**
 * Locks jobs until the transaction ends, in the order of their ids: whoever changes runs in a way that
 * others of the job depend on does it under this lock, and takes it before any lock of a run.
 */
export async function lockJobs(trx: Db, ids: readonly number[]): Promise<void> {
  if (!trx.dialect.isShared || ids.length === 0) return
  await sql`
    select id from carillon_jobs where id ${trx.dialect.among(ids)} order by id for update
  `.execute(trx.query)
}

/** These jobs in the order of their ids; those that are gone are left out. */
export async function listJobsById(db: Db, ids: readonly number[]): Promise<JobRow[]> {
  if (ids.length === 0) return []
  return db.query
    .selectFrom('carillon_jobs')
    .selectAll('carillon_jobs')
    .select(runningRuns.as('running'))
    .where(sql<boolean>`id ${db.dialect.among(ids)}`)
    .orderBy('id')
    .execute()
}
