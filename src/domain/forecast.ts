import { Type, type Static } from '@sinclair/typebox'
import { formatDuration, parseDuration } from './duration.ts'
import { CarillonError } from './errors.ts'
import { instantInQuery } from './checked-instant.ts'
import { formatInstant } from './instant.ts'
import type { Schedule } from './schedule.ts'
import { ONE_LINE } from './schema.ts'
import { shown } from './validation.ts'

export const MAX_FORECAST_BUCKETS = 200
export const MAX_FORECAST_JOBS = 10_000
const MAX_FORECAST_DAYS = 31
const DEFAULT_BUCKETS = 24

const SECOND_MS = 1_000
const DAY_MS = 86_400_000
const MAX_SPAN_MS = MAX_FORECAST_DAYS * DAY_MS
/** What people count in; the first that divides a stretch into few enough parts is taken. */
const NICE_MS = [60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000, DAY_MS]
const NICE_BUCKETS = 48

/** The stretch to look at; every part is optional. */
export const ForecastQuery = Type.Object(
  {
    from: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339; now, if left out.' })),
    to: Type.Optional(
      Type.String({ maxLength: 40, description: 'RFC 3339; 24 buckets later, if left out.' })
    ),
    bucket: Type.Optional(
      Type.String({ maxLength: 40, description: 'A duration such as "1h"; fits, if left out.' })
    ),
    tag: Type.Optional(
      Type.String({
        ...ONE_LINE,
        minLength: 1,
        maxLength: 100,
        description: 'Of jobs that have it.'
      })
    )
  },
  { additionalProperties: false, $id: 'ForecastQuery' }
)
export type ForecastQuery = Static<typeof ForecastQuery>

/** How much is planned when. */
export const Forecast = Type.Object(
  {
    from: Type.String(),
    to: Type.String(),
    bucket: Type.String({ description: 'A duration; the last bucket may be shorter.' }),
    buckets: Type.Array(
      Type.Object({
        at: Type.String({ description: 'Its first instant.' }),
        count: Type.Integer({ description: 'Occurrences planned from then to the next bucket.' })
      })
    ),
    jobs: Type.Integer({ description: 'Enabled jobs that were counted.' }),
    truncated: Type.Boolean({ description: 'There are more enabled jobs than were counted.' })
  },
  { $id: 'Forecast' }
)
export type Forecast = Static<typeof Forecast>

/** A stretch `[from, to)` in parts of `bucketMs`; epoch milliseconds. */
export interface ForecastWindow {
  from: number
  to: number
  bucketMs: number
}

/**
 * The stretch that a query means: from now on, 24 buckets, an hour each, unless it says otherwise.
 * @throws CarillonError `validation_failed`, naming field, value and fix
 */
export function forecastWindow(query: ForecastQuery, now: number): ForecastWindow {
  const from = query.from === undefined ? now : instantInQuery('from', query.from)
  const given = query.bucket === undefined ? null : bucketOf(query.bucket)
  const defaultSpanMs = Math.min((given ?? 3_600_000) * DEFAULT_BUCKETS, MAX_SPAN_MS)
  const to = query.to === undefined ? from + defaultSpanMs : instantInQuery('to', query.to)
  const spanMs = to - from
  if (spanMs <= 0) {
    const end = shown(query.to)
    throw refused(
      'to',
      `"to" is ${end}, which is not after ${formatInstant(from)}; give a later one.`
    )
  }
  if (spanMs > MAX_SPAN_MS) {
    const latest = formatInstant(from + MAX_SPAN_MS)
    throw refused(
      'to',
      `"to" is ${shown(query.to)}, but a forecast covers at most ${MAX_FORECAST_DAYS} days; give ${latest} or earlier.`
    )
  }
  const bucketMs = given ?? niceBucketMs(spanMs)
  if (Math.ceil(spanMs / bucketMs) <= MAX_FORECAST_BUCKETS) return { from, to, bucketMs }
  const least = Math.ceil(spanMs / MAX_FORECAST_BUCKETS / SECOND_MS) * SECOND_MS
  throw refused(
    'bucket',
    `"bucket" is ${shown(query.bucket)}, which makes ${Math.ceil(spanMs / bucketMs)} buckets, but there may be ${MAX_FORECAST_BUCKETS}; give "${formatDuration(least)}" or more.`
  )
}

/** What is known of a job whose occurrences are counted. */
export interface ForecastJob {
  schedule: Schedule
  /** The first occurrence that counts. */
  nextRunAt: number
  /** Occurrences until the job is finished; Infinity without a limit. */
  runsLeft: number
}

/** Adds up planned occurrences per bucket. */
export interface ForecastTally {
  readonly counts: readonly number[]
  add(job: ForecastJob): void
}

/**
 * Counts without walking: a stretch is halved only where something is planned in it, so that a rare
 * job costs a few calls of `count` and a frequent one a call for each bucket.
 */
export function createForecastTally({ from, to, bucketMs }: ForecastWindow): ForecastTally {
  const size = Math.ceil((to - from) / bucketMs)
  const counts = Array.from({ length: size }, () => 0)
  const startOf = (bucket: number): number => Math.min(from + bucket * bucketMs, to)

  const add = ({ schedule, nextRunAt, runsLeft }: ForecastJob): void => {
    const countFrom = (since: number, until: number): number =>
      until <= nextRunAt ? 0 : schedule.count(Math.max(since, nextRunAt) - 1, until - 1)
    // What runs before the stretch uses up runs, too.
    let left = runsLeft === Infinity ? runsLeft : runsLeft - countFrom(-Infinity, from)

    const spread = (first: number, end: number, total: number): void => {
      if (total === 0 || left <= 0) return
      if (end - first === 1) {
        const counted = Math.min(total, left)
        counts[first] = (counts[first] ?? 0) + counted
        left -= counted
        return
      }
      const middle = (first + end) >>> 1
      const before = countFrom(startOf(first), startOf(middle))
      spread(first, middle, before)
      spread(middle, end, total - before)
    }
    spread(0, size, countFrom(from, to))
  }
  return { counts, add }
}

function niceBucketMs(spanMs: number): number {
  return NICE_MS.find((ms) => spanMs / ms <= NICE_BUCKETS) ?? DAY_MS
}

function bucketOf(text: string): number {
  const bucketMs = parseDuration(text)
  if (bucketMs !== null && bucketMs >= SECOND_MS && bucketMs <= MAX_SPAN_MS) return bucketMs
  throw refused(
    'bucket',
    `"bucket" is ${shown(text)}, but must be a duration from "1s" to "${MAX_FORECAST_DAYS}d", such as "1h".`
  )
}

function refused(field: string, detail: string): CarillonError {
  const faults = [{ in: 'query' as const, pointer: `/${field}`, detail }]
  return new CarillonError('validation_failed', detail, { faults })
}
