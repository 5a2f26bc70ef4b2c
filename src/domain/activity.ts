import { Type, type Static } from '@sinclair/typebox'
import { CarillonError } from './errors.ts'
import { Run } from './run.ts'
import { nullable } from './schema.ts'
import { shown } from './validation.ts'

export const MAX_ACTIVITY_JOBS = 100
export const MAX_ACTIVITY_RUNS = 50
export const DEFAULT_ACTIVITY_RUNS = 20
/** A hundred of the longest numbers there are, and their commas. */
const MAX_TEXT = 1_700

/** Which jobs, and how far back. */
export const ActivityQuery = Type.Object(
  {
    ids: Type.String({
      maxLength: MAX_TEXT,
      description: `Of the jobs, with commas between them: "1,2,3"; at most ${MAX_ACTIVITY_JOBS}.`
    }),
    runs: Type.Integer({
      minimum: 1,
      maximum: MAX_ACTIVITY_RUNS,
      default: DEFAULT_ACTIVITY_RUNS,
      description: 'How many runs of each job.'
    })
  },
  { additionalProperties: false }
)

/** What is asked for by code. */
export interface ActivityRequest {
  ids: readonly number[]
  runs?: number
}

/** What a list of jobs wants to know of each of them. */
export const Activity = Type.Object(
  {
    job_id: Type.Integer(),
    name: Type.String(),
    description: nullable(
      Type.String({ description: 'The schedule in plain English; null for one that is none.' })
    ),
    runs: Type.Array(Type.Pick(Run, ['id', 'state', 'scheduled_for', 'duration_ms']), {
      description: 'The newest first, without those that are pending.'
    }),
    p50_duration_ms: nullable(
      Type.Integer({ description: 'The median of those of these runs that succeeded.' })
    )
  },
  { $id: 'Activity' }
)
export type Activity = Static<typeof Activity>

/** The ids of a query; what is none is NaN, which {@link checkActivity} refuses. */
export function activityIds(text: string): number[] {
  return text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : NaN))
}

/** @throws CarillonError `validation_failed`, naming field, value and fix */
export function checkActivity({ ids, runs = DEFAULT_ACTIVITY_RUNS }: ActivityRequest): void {
  const wrong = ids.findIndex((id) => !Number.isSafeInteger(id) || id < 1)
  if (wrong !== -1) {
    throw refused('ids', `Item ${wrong + 1} of "ids" is not the id of a job; give "1,2,3".`)
  }
  if (ids.length === 0 || ids.length > MAX_ACTIVITY_JOBS) {
    throw refused(
      'ids',
      `"ids" has ${ids.length} items, but must have between 1 and ${MAX_ACTIVITY_JOBS}; ask several times.`
    )
  }
  if (!Number.isInteger(runs) || runs < 1 || runs > MAX_ACTIVITY_RUNS) {
    throw refused(
      'runs',
      `"runs" is ${shown(runs)}, but must lie between 1 and ${MAX_ACTIVITY_RUNS}.`
    )
  }
}

/** The middle of durations in milliseconds, to a whole one; null without any. */
export function medianMs(durations: readonly number[]): number | null {
  const sorted = durations.toSorted((a, b) => a - b)
  const middle = sorted.length >>> 1
  const upper = sorted[middle]
  if (upper === undefined) return null
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper
  return Math.round((lower + upper) / 2)
}

function refused(field: string, detail: string): CarillonError {
  const faults = [{ in: 'query' as const, pointer: `/${field}`, detail }]
  return new CarillonError('validation_failed', detail, { faults })
}
