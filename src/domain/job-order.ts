import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Job } from './job.ts'
import { nullable } from './schema.ts'

/** What jobs can be listed by; ids rise with the time of creation. */
const JOB_SORT_FIELDS = [
  'id',
  'name',
  'next_run_at',
  'last_run_at',
  'consecutive_failures'
] as const
export type JobSortField = (typeof JOB_SORT_FIELDS)[number]

/** The orders there are: by a field, or backwards with a hyphen before it. */
export const JOB_SORTS = [
  'id',
  '-id',
  'name',
  '-name',
  'next_run_at',
  '-next_run_at',
  'last_run_at',
  '-last_run_at',
  'consecutive_failures',
  '-consecutive_failures'
] as const satisfies readonly (JobSortField | `-${JobSortField}`)[]
export type JobSort = (typeof JOB_SORTS)[number]

/** A place in a list of jobs: that of a job, which may be gone or elsewhere by now. */
export type JobPosition = Pick<Job, 'id'> & Partial<Pick<Job, JobSortField>>

export interface JobOrder {
  field: JobSortField
  isDescending: boolean
}

export function orderOf(sort: JobSort): JobOrder {
  const field = JOB_SORT_FIELDS.find((name) => sort.endsWith(name)) ?? 'id'
  return { field, isDescending: sort.startsWith('-') }
}

const Cursor = Type.Tuple([
  Type.String(),
  nullable(Type.Union([Type.String(), Type.Integer()])),
  Type.Integer()
])

/** The place where a page ended, opaque to clients. */
export function encodeJobCursor(sort: JobSort, job: JobPosition): string {
  const position = [sort, job[orderOf(sort).field] ?? null, job.id]
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** The place in a cursor; null when it is none of ours, or of a list in another order. */
export function decodeJobCursor(sort: JobSort, cursor: string): JobPosition | null {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Value.Check(Cursor, position) || position[0] !== sort) return null
    const [, value, id] = position
    return { id, [orderOf(sort).field]: value }
  } catch {
    return null
  }
}
