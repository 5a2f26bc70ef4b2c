import { sql } from 'kysely'
import type { JobState } from '../domain/job.ts'
import type { AttemptOutcome } from '../domain/outcome.ts'
import type { TargetType } from '../domain/target.ts'
import type { Db } from './db.ts'
import { runningRuns, type JobRow } from './job-codec.ts'

/** What a list of jobs is narrowed to; every part is optional. */
export interface JobFilter {
  /** Part of the name, in any case. */
  q?: string
  tag?: string
  state?: JobState
  target?: TargetType
  /** The last outcome. */
  outcome?: AttemptOutcome
}

/** A page of a list ordered by id; `afterId` is the last id of the page before. */
export interface JobPage {
  filter: JobFilter
  afterId: number
  limit: number
}

/** Jobs in the order of their ids. Keyset: page 1,000 costs what page 1 costs. */
export function listJobs(db: Db, { filter, afterId, limit }: JobPage): Promise<JobRow[]> {
  return filtered(db, filter)
    .selectAll('carillon_jobs')
    .select(runningRuns.as('running'))
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** How many jobs the filter lets through. */
export async function countJobs(db: Db, filter: JobFilter): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function filtered(db: Db, filter: JobFilter) {
  let query = db.query.selectFrom('carillon_jobs')
  if (filter.q !== undefined) {
    const pattern = `%${filter.q.replaceAll(/[!%_]/g, '!$&')}%`
    query = query.where(sql<boolean>`lower(name) like lower(${pattern}) escape '!'`)
  }
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.target !== undefined) query = query.where('target', '=', filter.target)
  if (filter.outcome !== undefined) query = query.where('last_outcome', '=', filter.outcome)
  if (filter.tag !== undefined) {
    query = query.where('id', 'in', (inner) =>
      inner
        .selectFrom('carillon_job_tags')
        .select('job_id')
        .where('tag', '=', filter.tag ?? '')
    )
  }
  return query
}
