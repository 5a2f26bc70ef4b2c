import { compileCron } from './cron/cron.ts'
import { parseDuration } from './duration.ts'
import { parseInstant } from './instant.ts'
import { createInterval, createOneShot, startingAt } from './interval.ts'
import type { Schedule } from './schedule.ts'

/** The fields of a job that say when it runs. */
export interface Timing {
  schedule?: string | null
  start_date?: string | null
  repeat_interval?: string | null
  timezone?: string
}

/**
 * The schedule of a job: cron (from `start_date` on, if there is one), an interval on the grid of
 * `start_date` or else of the job's creation, or a single instant. Null when the job has none.
 * @throws CarillonError `validation_failed` for a cron expression that is none.
 */
export function scheduleOf(timing: Timing, createdAt: number): Schedule | null {
  const start = timing.start_date == null ? null : parseInstant(timing.start_date)
  if (timing.schedule != null) {
    const cron = compileCron(timing.schedule, {
      timezone: timing.timezone ?? 'UTC',
      anchor: start ?? createdAt
    })
    return start === null ? cron : startingAt(cron, start)
  }
  const periodMs = timing.repeat_interval == null ? null : parseDuration(timing.repeat_interval)
  if (periodMs !== null) return createInterval(start ?? createdAt, periodMs)
  return start === null ? null : createOneShot(start)
}
