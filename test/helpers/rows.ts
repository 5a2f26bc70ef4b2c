import type { Insertable } from 'kysely'
import type { StoredInput } from '../../src/domain/secrets/stored-input.ts'
import type { Db } from '../../src/store/db.ts'
import { insertRuns, type NewRun } from '../../src/store/insert-runs.ts'
import { insertJob } from '../../src/store/jobs.ts'
import { insertReplica } from '../../src/store/replicas.ts'
import type { RunTable } from '../../src/store/tables.ts'
import { inTransaction } from '../../src/store/transaction.ts'

/** Stores a job that is due at 1,000; @returns its id */
export function addJob(
  db: Db,
  input: Partial<StoredInput> = {},
  nextRunAt = 1_000
): Promise<number> {
  const job = { name: 'job', repeat_interval: '1h', ...input }
  return inTransaction(db, (trx) => insertJob(trx, { input: job, nextRunAt, now: 500 }))
}

/** A replica that is alive until 5,000; @returns its id */
export function addReplica(db: Db, name = 'r'): Promise<number> {
  return insertReplica(db, {
    name,
    host: 'h',
    pid: 7,
    version: '0',
    started_at: 1,
    expires_at: 5_000
  })
}

/** A pending run of a job for 1,000, unless it is told otherwise. */
export function newRun(jobId: number, more: Partial<NewRun> = {}): NewRun {
  return {
    jobId,
    jobVersion: 1,
    scheduledFor: 1_000,
    cause: 'schedule',
    seq: 0,
    state: 'pending',
    reason: null,
    exclusive: false,
    waiting: false,
    handler: null,
    params: null,
    availableAt: null,
    delayMs: 0,
    priority: 0,
    rangeTo: null,
    occurrences: 1,
    ...more
  }
}

/** Stores runs at 2,000; @returns their ids in the order of their occurrences */
export async function addRuns(
  db: Db,
  runs: readonly NewRun[],
  replica: number | null = null
): Promise<number[]> {
  const rows = await inTransaction(db, (trx) => insertRuns(trx, runs, { now: 2_000, replica }))
  return rows.toSorted((a, b) => a.scheduled_for - b.scheduled_for).map((row) => row.id)
}

/** Some columns of all runs, in the order of their ids. */
export async function runColumns(
  db: Db,
  ...columns: (keyof RunTable)[]
): Promise<Record<string, unknown>[]> {
  return db.query.selectFrom('carillon_runs').select(columns).orderBy('id').execute()
}

/** Changes columns of one run, as nobody but a test may. */
export async function changeRun(
  db: Db,
  id: number,
  columns: Partial<Insertable<RunTable>>
): Promise<void> {
  await db.query.updateTable('carillon_runs').set(columns).where('id', '=', id).execute()
}
