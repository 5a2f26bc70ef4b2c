import { sql } from 'kysely'
import type { RunEnd } from '../domain/run-hours.ts'
import type { Db } from './db.ts'
import { findNewestId } from './news.ts'

/** An hour (epoch milliseconds) of which too few ends of a kind are counted. */
export interface UncountedHour {
  hour: number
  outcome: Extract<RunEnd, 'succeeded' | 'failed'>
}

export interface CountWindow {
  /** Only hours from this one on. */
  since: number
  /** Only runs that replicas of this version ended: an older one beside them may not count. */
  version: string
  /** How many of the newest runs are looked at. */
  size: number
}

/**
 * Hours of which the newest runs alone are more than what is counted. Pruning makes the runs fewer and
 * leaves the counts, so no hour is ever among them whose runs were all counted. One statement sees
 * both as they were at one instant; words are compared with words of their own table only, because
 * MySQL sorts those of the two tables differently.
 */
export async function listUncountedHours(
  db: Db,
  { since, version, size }: CountWindow
): Promise<UncountedHour[]> {
  const { rows } = await sql<{ hour: number; failed: number }>`
    select ended.hour, ended.failed from (
      select run.scheduled_for - run.scheduled_for % 3600000 as hour,
        case when run.state = 'failed' then 1 else 0 end as failed, count(*) as count
      from carillon_runs as run join carillon_replicas as replica on replica.id = run.replica
      where run.id > ${(await findNewestId(db, 'carillon_runs')) - size}
        and run.scheduled_for >= ${since} and run.state in ('succeeded', 'failed')
        and run.reason is null and replica.version = ${version}
      group by 1, 2
    ) as ended left join (
      select hour, case when outcome = 'failed' then 1 else 0 end as failed,
        sum(occurrences) as count
      from carillon_run_counts
      where hour >= ${since} and outcome in ('succeeded', 'failed')
      group by 1, 2
    ) as counted on counted.hour = ended.hour and counted.failed = ended.failed
    where ended.count > coalesce(counted.count, 0)
    order by ended.hour, ended.failed
  `.execute(db.query)
  return rows.map(({ hour, failed }) => ({ hour, outcome: failed === 1 ? 'failed' : 'succeeded' }))
}
