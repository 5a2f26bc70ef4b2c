import type { JobInput } from '../../src/domain/job.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { migrations } from './migrations.ts'

const BATCH = 500

/** A job as it is to be in its row. Instants are epoch milliseconds. */
export interface PlantedJob {
  input: JobInput
  /** Null for a paused job. */
  nextRunAt: number | null
}

/**
 * Writes jobs past the API, thousands within a moment, so that it does not matter to a test how long
 * creating them takes. @returns their ids, in order
 */
export async function plantJobs(
  databaseUrl: string,
  jobs: readonly PlantedJob[]
): Promise<number[]> {
  const database = await openDatabase(databaseUrl)
  await migrate(database, migrations)
  const now = Date.now()
  const rows = jobs.map(({ input, nextRunAt }) => ({
    version: 1,
    name: input.name,
    target: input.target?.type ?? 'log',
    state: nextRunAt === null ? ('paused' as const) : ('enabled' as const),
    definition: JSON.stringify(input),
    next_run_at: nextRunAt,
    created_at: now,
    updated_at: now
  }))
  for (let index = 0; index < rows.length; index += BATCH) {
    const batch = rows.slice(index, index + BATCH)
    await database.query.insertInto('carillon_jobs').values(batch).execute()
  }
  const ids = await database.query
    .selectFrom('carillon_jobs')
    .select('id')
    .orderBy('id', 'desc')
    .limit(jobs.length)
    .execute()
  await database.close()
  return ids.map(({ id }) => id).toReversed()
}
