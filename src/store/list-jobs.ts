import { sql, type RawBuilder } from 'kysely'
import { parseInstant } from '../domain/instant.ts'
import {
  orderOf,
  type JobOrder,
  type JobPosition,
  type JobSort,
  type JobSortField
} from '../domain/job-order.ts'
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

/** A page of a list; `after` is the last job of the page before, or its place. */
export interface JobPage {
  filter: JobFilter
  sort: JobSort
  after: JobPosition | null
  limit: number
}

/**
 * Jobs in an order; those that have no value for it come last. Keyset: page 1,000 costs what page 1
 * costs.
 */
export function listJobs(db: Db, { filter, sort, after, limit }: JobPage): Promise<JobRow[]> {
  const { field, isDescending } = orderOf(sort)
  const direction = isDescending ? 'desc' : 'asc'
  let query = filtered(db, filter).selectAll('carillon_jobs').select(runningRuns.as('running'))
  if (after !== null) query = query.where(isAfter(after, { field, isDescending }))
  if (NULLABLE.has(field)) query = query.orderBy(sql`${sql.ref(field)} is null`)
  if (field !== 'id') query = query.orderBy(field, direction)
  return query.orderBy('id', direction).limit(limit).execute()
}

const NULLABLE: ReadonlySet<JobSortField> = new Set(['next_run_at', 'last_run_at'])

function isAfter(after: JobPosition, { field, isDescending }: JobOrder): RawBuilder<boolean> {
  const beyond = isDescending ? sql`<` : sql`>`
  if (field === 'id') return sql`id ${beyond} ${after.id}`
  const column = sql.ref(field)
  const value = storedValue(after, field)
  if (value === null) return sql`${column} is null and id ${beyond} ${after.id}`
  const isLater = sql`${column} ${beyond} ${value} or (${column} = ${value} and id ${beyond} ${after.id})`
  return NULLABLE.has(field) ? sql`(${isLater} or ${column} is null)` : sql`(${isLater})`
}

function storedValue(after: JobPosition, field: JobSortField): string | number | null {
  const value = after[field] ?? null
  return typeof value === 'string' && NULLABLE.has(field) ? parseInstant(value) : value
}

/** A job as far as a list of many says it. */
export interface JobName {
  id: number
  name: string
}

/** A page of the jobs with ids in `(afterId, untilId]`, of those named if ids are. */
export interface JobNamePage {
  filter: JobFilter
  ids: readonly number[] | undefined
  afterId: number
  untilId: number
  limit: number
}

export function listJobNames(db: Db, page: JobNamePage): Promise<JobName[]> {
  const { filter, ids, afterId, untilId, limit } = page
  let query = filtered(db, filter)
    .select(['id', 'name'])
    .where('id', '>', afterId)
    .where('id', '<=', untilId)
  if (ids !== undefined) query = query.where(sql<boolean>`id ${db.dialect.among(ids)}`)
  return query.orderBy('id').limit(limit).execute()
}

/** The highest id that a job has; 0 when there is none. */
export async function findLastJobId(db: Db): Promise<number> {
  const row = await db.query
    .selectFrom('carillon_jobs')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? 0
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
  if (filter.tag !== undefined) query = query.where('id', 'in', idsWithTag(db, filter.tag))
  return query
}

/** The ids of the jobs that have a tag, as a subquery. */
export function idsWithTag(db: Db, tag: string) {
  return db.query.selectFrom('carillon_job_tags').select('job_id').where('tag', '=', tag)
}
