import { sql, type Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { LastAttempt } from './run-codec.ts'
import type { RunTable } from './tables.ts'

/**
 * What is read of a run to tell how it went. The attempts, which may be long, only where the run may
 * have ended later than the last of them: cancelled while it waited for the next one.
 */
export type ActivityRow = Pick<Selectable<RunTable>, 'id' | 'job_id' | 'state' | 'scheduled_for'> &
  LastAttempt

/**
 * The newest runs of jobs, at most `limit` of each, those that are pending left out; by job, the
 * newest first. A part for each job, which stops at its limit: not every database has LATERAL, and
 * ranking all runs of a job would read all of them.
 */
export async function listActivity(
  db: Db,
  jobIds: readonly number[],
  limit: number
): Promise<ActivityRow[]> {
  if (jobIds.length === 0) return []
  const parts = jobIds.map(
    (jobId) => sql`
      select * from (
        select id, job_id, state, scheduled_for, attempt, started_at, finished_at,
          case when state = 'cancelled' then attempts end as attempts
        from carillon_runs
        where job_id = ${jobId} and state <> 'pending'
        order by scheduled_for desc, seq desc
        limit ${limit}
      ) as newest
    `
  )
  const { rows } = await sql<ActivityRow>`${sql.join(parts, sql` union all `)}`.execute(db.query)
  return rows.toSorted(
    (a, b) => a.job_id - b.job_id || b.scheduled_for - a.scheduled_for || b.id - a.id
  )
}
