import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const A_STATEMENT = 500
/** One of so many jobs failed the last time. */
const ONE_FAILS_OF = 20

/**
 * Jobs as the service would have written them, named "job 0" and so on from `first`; they are due in
 * ten minutes at the earliest, and not while a test lasts.
 */
export async function insertJobs(
  server: FastifyInstance,
  count: number,
  { first = 0, failing = false }: { first?: number; failing?: boolean } = {}
): Promise<void> {
  const { db } = appOf(server)
  const now = Date.now()
  for (let from = 0; from < count; from += A_STATEMENT) {
    const rows = Array.from({ length: Math.min(A_STATEMENT, count - from) }, (_, index) => {
      const number = first + from + index
      const name = `job ${number}`
      const fails = failing && number % ONE_FAILS_OF === 0
      return {
        version: 1,
        name,
        target: 'log' as const,
        definition: JSON.stringify({ name, schedule: '0 9 * * 1' }),
        state: 'enabled' as const,
        next_run_at: now + 10 * MINUTE_MS + (number % 1_440) * MINUTE_MS,
        last_run_at: now - HOUR_MS,
        last_outcome: fails ? ('failed' as const) : ('succeeded' as const),
        consecutive_failures: fails ? 3 : 0,
        created_at: now,
        updated_at: now
      }
    })
    await db.query.insertInto('carillon_jobs').values(rows).execute()
  }
}

/** A run of each of the first so many jobs, an hour ago, as the summary on the job says it went. */
export async function insertRuns(server: FastifyInstance, count: number): Promise<void> {
  const { db } = appOf(server)
  const at = Date.now() - HOUR_MS
  for (let from = 0; from < count; from += A_STATEMENT) {
    const rows = Array.from({ length: Math.min(A_STATEMENT, count - from) }, (_, index) => {
      const fails = (from + index) % ONE_FAILS_OF === 0
      return {
        job_id: from + index + 1,
        job_version: 1,
        scheduled_for: at + index,
        seq: 0,
        cause: 'schedule' as const,
        state: fails ? ('failed' as const) : ('succeeded' as const),
        attempt: 1,
        occurrences: 1,
        queued_at: at,
        started_at: at,
        finished_at: at + 250,
        error: fails ? JSON.stringify({ code: 'http_status', message: 'It answered 503.' }) : null
      }
    })
    await db.query.insertInto('carillon_runs').values(rows).execute()
  }
}
