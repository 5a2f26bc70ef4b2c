import { migrations } from '../core/migrations.ts'
import type { JobInput } from '../src/domain/job.ts'
import type { Db } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { TARGET } from './host.ts'

/** A job to be put straight into the table. */
export interface StoredJob {
  input: JobInput
  /** Epoch milliseconds. */
  nextRunAt: number
}

/** Rows a statement: with eight values each far below what any database takes. */
const BATCH = 1_000
const YEAR_MS = 365 * 86_400_000

/** Brings the database's schema up to date and puts these jobs into it, all in one transaction. */
export async function fillJobs(
  url: string,
  count: number,
  jobAt: (index: number) => StoredJob
): Promise<void> {
  const database = await openDatabase(url)
  try {
    await migrate(database, migrations)
    await inTransaction(database, async (trx) => {
      for (let first = 0; first < count; first += BATCH) {
        const length = Math.min(BATCH, count - first)
        await insertJobs(
          trx,
          Array.from({ length }, (_, index) => jobAt(first + index))
        )
      }
    })
  } finally {
    await database.close()
  }
}

async function insertJobs({ query }: Db, jobs: readonly StoredJob[]): Promise<void> {
  const now = Date.now()
  const rows = jobs.map(({ input, nextRunAt }) => ({
    version: 1,
    name: input.name,
    target: input.target?.type ?? 'log',
    definition: JSON.stringify(input),
    state: 'enabled' as const,
    next_run_at: nextRunAt,
    created_at: now,
    updated_at: now
  }))
  await query.insertInto('carillon_jobs').values(rows).execute()
}

/** Jobs that call the measured handler once, all at this instant. */
export function dueAt(nextRunAt: number): (index: number) => StoredJob {
  const startDate = new Date(nextRunAt).toISOString()
  return (index) => ({
    input: { name: `Job ${index}`, start_date: startDate, target: TARGET },
    nextRunAt
  })
}

/** Jobs that are not due for a year from now. */
export function dueNextYear(): (index: number) => StoredJob {
  const first = Date.now() + YEAR_MS
  return (index) => ({
    input: { name: `Job ${index}`, schedule: '0 9 * * 1', params: { user: index } },
    nextRunAt: first + index
  })
}
