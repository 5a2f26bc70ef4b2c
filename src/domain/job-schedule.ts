import { compileCron, parseCron, type CronOptions } from './cron/cron.ts'
import { parseDuration } from './duration.ts'
import { parseInstantOrNull } from './instant.ts'
import { createInterval, createOneShot, endingAt, startingAt } from './interval.ts'
import type { Schedule } from './schedule.ts'

/** Stands for the id of a job that has none yet, before it is stored. */
export const PROVISIONAL_SEED = '0'

/** The fields of a job that say when it runs. */
export interface Timing {
  schedule?: string | null
  start_date?: string | null
  repeat_interval?: string | null
  end_date?: string | null
  timezone?: string
  dst?: Partial<NonNullable<CronOptions['dst']>>
}

/** What a schedule depends on beside its fields. */
export interface ScheduleContext {
  /** Epoch milliseconds; the anchor of an interval without a start date. */
  createdAt: number
  /** What `H` spreads by: the id of the job. */
  seed: string
}

/**
 * The schedule of a job: cron (from `start_date` on, if there is one), an interval on the grid of
 * `start_date` or else of the job's creation, or a single instant; up to `end_date`, if there is
 * one. Null when the job has none of the three.
 * @throws CarillonError `validation_failed` for a cron expression that is none.
 */
export function scheduleOf(timing: Timing, context: ScheduleContext): Schedule | null {
  const endless = endlessScheduleOf(timing, context)
  const end = parseInstantOrNull(timing.end_date)
  return endless === null || end === null ? endless : endingAt(endless, end)
}

/** Whether the schedule depends on the job's id, which is not known before the job is stored. */
export function isSpread(timing: Timing): boolean {
  return timing.schedule != null && parseCron(timing.schedule).hasHash
}

function endlessScheduleOf(timing: Timing, { createdAt, seed }: ScheduleContext): Schedule | null {
  const start = parseInstantOrNull(timing.start_date)
  if (timing.schedule != null) {
    const cron = compileCron(timing.schedule, {
      timezone: timing.timezone ?? 'UTC',
      seed,
      anchor: start ?? createdAt,
      dst: { gap: timing.dst?.gap ?? 'shift', overlap: timing.dst?.overlap ?? 'first' }
    })
    return start === null ? cron : startingAt(cron, start)
  }
  const periodMs = timing.repeat_interval == null ? null : parseDuration(timing.repeat_interval)
  if (periodMs !== null) return createInterval(start ?? createdAt, periodMs)
  return start === null ? null : createOneShot(start)
}
