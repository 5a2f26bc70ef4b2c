import { Type, type Static } from '@sinclair/typebox'
import { parseCron } from './cron/cron.ts'
import { checkJobInput, checkTiming } from './define-job.ts'
import { describeSchedule } from './describe-schedule.ts'
import { parseDuration } from './duration.ts'
import { CarillonError } from './errors.ts'
import { compileExclusions } from './exclusion.ts'
import { instantInBody } from './checked-instant.ts'
import { formatInstant } from './instant.ts'
import { JobInput } from './job.ts'
import { PROVISIONAL_SEED, scheduleOf } from './job-schedule.ts'
import { findWarnings, WarningCode, type Warning } from './preview-warnings.ts'
import type { Schedule } from './schedule.ts'
import {
  DEFAULT_UPCOMING,
  listUpcoming,
  Upcoming,
  UpcomingCount,
  type UpcomingRule
} from './upcoming.ts'
import { createParser, shown } from './validation.ts'

const { properties } = JobInput

/** A schedule as it would stand in a job, and what to show of it. */
export const PreviewInput = Type.Object(
  {
    schedule: properties.schedule,
    start_date: properties.start_date,
    repeat_interval: properties.repeat_interval,
    end_date: properties.end_date,
    max_runs: properties.max_runs,
    timezone: properties.timezone,
    dst: properties.dst,
    jitter: properties.jitter,
    exclude: properties.exclude,
    from: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'RFC 3339; occurrences strictly after it are listed. Now, if left out.'
      })
    ),
    count: Type.Optional(UpcomingCount)
  },
  { additionalProperties: false, $id: 'PreviewInput' }
)
export type PreviewInput = Static<typeof PreviewInput>

/** What a schedule means. */
export const Preview = Type.Object(
  {
    description: Type.String({ description: 'In plain English.' }),
    next: Type.Array(Upcoming),
    warnings: Type.Array(Type.Object({ code: WarningCode, detail: Type.String() }))
  },
  { $id: 'Preview' }
)
export type Preview = Static<typeof Preview>

/** What else there is to say where a preview answers, but a job could not be stored. */
const REFUSED = ' A job with this schedule is refused.'

const parsePreview = createParser(PreviewInput, 'body')

/**
 * What a schedule means that is not stored: in words, as its next occurrences, and with what may
 * surprise. A job is taken to be created at `from`. A schedule that never fires is answered too,
 * with a warning.
 * @throws CarillonError `validation_failed`, as a job with this schedule would be
 */
export function previewSchedule(value: unknown, now: number): Preview {
  const { from, count = DEFAULT_UPCOMING, ...given } = parsePreview(value)
  const input = checkJobInput({ name: 'preview', ...given })
  checkTiming(input)
  const after = from === undefined ? now : instantInBody('/from', from)
  const timezone = zoneOf(input)
  // First, because it refuses wrong syntax: what is refused after that only never fires.
  const description = describeSchedule(input, { timezone, seed: PROVISIONAL_SEED, now: after })

  const schedule = compileOrFault(input, after)
  if (schedule instanceof CarillonError) return never(description, `${schedule.message}${REFUSED}`)
  const next = listUpcoming(ruleOf(input, schedule, timezone), { after, count })
  if (next.length === 0) {
    const refused = schedule.next(now) === null ? REFUSED : ''
    return never(description, `${whyNever(input, after)}${refused}`)
  }
  const subject = { timing: input, schedule, timezone, seed: PROVISIONAL_SEED, after, next }
  return { description, next, warnings: findWarnings(subject) }
}

function ruleOf(input: JobInput, schedule: Schedule, timezone: string): UpcomingRule {
  return {
    schedule,
    timezone,
    isExcluded: compileExclusions(input.exclude ?? [], input.timezone ?? 'UTC'),
    jitterMs: input.jitter === undefined ? 0 : (parseDuration(input.jitter) ?? 0),
    jobId: null,
    runsLeft: input.max_runs ?? null,
    skips: 0
  }
}

/** The zone in which a schedule is meant: a prefix of the expression may stand in for "UTC". */
function zoneOf({ schedule, timezone = 'UTC' }: JobInput): string {
  const prefix = schedule == null ? null : parseCron(schedule).prefixTimezone
  return timezone === 'UTC' ? (prefix ?? timezone) : timezone
}

function compileOrFault(input: JobInput, createdAt: number): Schedule | CarillonError {
  try {
    const schedule = scheduleOf(input, { createdAt, seed: PROVISIONAL_SEED })
    if (schedule !== null) return schedule
  } catch (error) {
    if (error instanceof CarillonError) return error
    throw error
  }
  throw new Error('A checked schedule gives no rule.')
}

function never(description: string, detail: string): Preview {
  const warnings: Warning[] = [{ code: 'never_fires', detail }]
  return { description, next: [], warnings }
}

function whyNever(input: JobInput, after: number): string {
  const since = `Nothing is due after ${formatInstant(after)}`
  const { end_date: end, start_date: start, schedule, repeat_interval: interval } = input
  const endless = compileOrFault({ ...input, end_date: null }, after)
  const first = endless instanceof CarillonError ? null : endless.next(after)
  if (end != null && first !== null) {
    return `${since}: "end_date" is ${shown(end)}, but the first occurrence would be at ${formatInstant(first)}; give a later one.`
  }
  if (schedule == null && interval == null) {
    return `${since}: "start_date" is ${shown(start)}; give a later one, or a "repeat_interval".`
  }
  return `${since}; correct the schedule.`
}
