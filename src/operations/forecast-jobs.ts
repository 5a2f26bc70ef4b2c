import { setImmediate } from 'node:timers/promises'
import { formatDuration } from '../domain/duration.ts'
import { CarillonError } from '../domain/errors.ts'
import {
  createForecastTally,
  forecastWindow,
  MAX_FORECAST_JOBS,
  type Forecast,
  type ForecastQuery,
  type ForecastTally
} from '../domain/forecast.ts'
import { formatInstant } from '../domain/instant.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { listEnabledJobs, type EnabledJobRow } from '../store/enabled-jobs.ts'
import { contextOf, decodeInput } from '../store/job-codec.ts'
import type { Core } from './core.ts'

/** So few that the loops and other requests wait for a batch only some milliseconds. */
const BATCH = 50

/**
 * How many occurrences of all enabled jobs, or of those with a tag, are planned when. What is past is no longer planned: it
 * counts nothing. Excluded and skipped occurrences are planned, too.
 * @throws CarillonError `validation_failed`
 */
export async function forecastJobs(
  core: Pick<Core, 'db' | 'clock'>,
  query: ForecastQuery,
  maxJobs: number = MAX_FORECAST_JOBS
): Promise<Forecast> {
  const now = core.clock.now()
  const window = forecastWindow(query, now)
  const tally = createForecastTally(window)
  let jobs = 0
  let afterId = 0
  const list = (after: number) =>
    listEnabledJobs(core.db, { afterId: after, limit: BATCH, tag: query.tag })
  let batch = await list(afterId)
  while (batch.length > 0 && jobs < maxJobs) {
    const counted = batch.slice(0, maxJobs - jobs)
    for (const row of counted) addJob(tally, row, now)
    jobs += counted.length
    afterId = counted.at(-1)?.id ?? afterId
    await setImmediate()
    batch = await list(afterId)
  }
  return {
    from: formatInstant(window.from),
    to: formatInstant(window.to),
    bucket: formatDuration(window.bucketMs),
    buckets: tally.counts.map((count, index) => ({
      at: formatInstant(window.from + index * window.bucketMs),
      count
    })),
    jobs,
    truncated: batch.length > 0
  }
}

function addJob(tally: ForecastTally, row: EnabledJobRow, now: number): void {
  try {
    const input = decodeInput(row.definition)
    const schedule = scheduleOf(input, contextOf(row))
    const runsLeft = input.max_runs == null ? Infinity : input.max_runs - row.scheduled_runs
    const nextRunAt = Math.max(row.next_run_at, now + 1)
    if (schedule !== null) tally.add({ schedule, nextRunAt, runsLeft })
  } catch (error) {
    // A stored definition that cannot be used is told by the job itself; the others still count.
    if (!(error instanceof CarillonError)) throw error
  }
}
