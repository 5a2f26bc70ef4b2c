import { isDeepStrictEqual } from 'node:util'
import { checkCommandTarget } from './command-target.ts'
import { CarillonError, refuse, type Fault } from './errors.ts'
import { instantInBody } from './checked-instant.ts'
import { canonicalTimezone, parseCron } from './cron/cron.ts'
import { parseDuration } from './duration.ts'
import { parseHttpTarget } from './http-target.ts'
import { formatInstant } from './instant.ts'
import { JobInput, MAX_PARAMS_BYTES, SERVER_FIELDS, type JobPatch } from './job.ts'
import { compileExclusions } from './exclusion.ts'
import { scheduleOf, type ScheduleContext } from './job-schedule.ts'
import { mergePatch } from './merge-patch.ts'
import { createParser, shown } from './validation.ts'

const MIN_INTERVAL_MS = 1_000
const parseInput = createParser(JobInput, 'body')

/** Values of their own, which a merge patch replaces whole. */
const OPAQUE: ReadonlySet<string> = new Set(['params', 'body'])

const TIMING_FIELDS = [
  'schedule',
  'start_date',
  'repeat_interval',
  'end_date',
  'max_runs',
  'timezone',
  'dst'
] as const

/** When a job is defined, and what its schedule depends on. */
export interface DefinitionTime extends ScheduleContext {
  now: number
}

/**
 * Checks what a client sent to define a job, all but the schedule, and returns a copy of its own.
 * Null stands for "left out" in every field that has none by default.
 * @throws CarillonError `validation_failed`, naming field, value and fix.
 */
export function checkJobInput(value: unknown): JobInput {
  const input = structurallyChecked(value)
  checkDurations(input)
  if (input.target?.type === 'http') parseHttpTarget(input.target)
  if (input.target?.type === 'command') checkCommandTarget(input.target)
  const timezone = timezoneOf(input)
  if (timezone !== undefined) input.timezone = timezone
  compileExclusions(input.exclude ?? [], input.timezone ?? 'UTC')
  return input
}

/** The canonical name; a `TZ=` prefix says it too, and then both must say the same. */
function timezoneOf({ schedule, timezone }: JobInput): string | undefined {
  const given = timezone === undefined ? undefined : canonicalTimezone(timezone)
  const prefix = schedule == null ? null : parseCron(schedule).prefixTimezone
  return given ?? (prefix === null ? undefined : canonicalTimezone(prefix))
}

/** Whether two definitions differ in when the job runs. */
export function isRescheduled(before: JobInput, after: JobInput): boolean {
  return TIMING_FIELDS.some(
    (field) => !isDeepStrictEqual(before[field] ?? null, after[field] ?? null)
  )
}

/** A target of another type has nothing in common with the one before, so it replaces it whole. */
const OPAQUE_TARGET: ReadonlySet<string> = new Set([...OPAQUE, 'target'])

function isRetargeted(input: JobInput, { target }: JobPatch): boolean {
  return target?.type !== undefined && target.type !== (input.target?.type ?? 'log')
}

/** The definition after a merge patch (RFC 7396), unchecked. */
export function patchJob(input: JobInput, patch: JobPatch): Record<string, unknown> {
  return mergePatch(input, patch, isRetargeted(input, patch) ? OPAQUE_TARGET : OPAQUE)
}

function structurallyChecked(value: unknown): JobInput {
  const serverFaults = serverFieldFaults(value)
  const [first] = serverFaults
  if (first !== undefined) {
    throw new CarillonError('validation_failed', first.detail, { faults: serverFaults })
  }
  const input = parseInput(value)
  checkParams(input.params)
  if (input.target?.type === 'http') jsonOf('/target/body', input.target.body)
  // As it will be read from the database: a caller in this process may send what JSON cannot hold.
  return JSON.parse(JSON.stringify(input))
}

function serverFieldFaults(value: unknown): Fault[] {
  if (typeof value !== 'object' || value === null) return []
  return SERVER_FIELDS.filter((field) => field in value).map((field) => ({
    in: 'body',
    pointer: `/${field}`,
    detail: `"${field}" is set by the server; leave it out.${hintFor(field)}`
  }))
}

function hintFor(field: string): string {
  const byPausing = ['paused', 'pause_reason', 'state'].includes(field)
  return byPausing ? ' Use POST /jobs/:id/pause and /jobs/:id/resume.' : ''
}

function checkDurations(input: JobInput): void {
  const { repeat_interval: interval, misfire_window: window, timeout, retry } = input
  if (interval != null) checkDuration('/repeat_interval', interval, MIN_INTERVAL_MS)
  if (window != null) checkDuration('/misfire_window', window, MIN_INTERVAL_MS)
  if (input.jitter !== undefined) checkDuration('/jitter', input.jitter, 0)
  if (timeout !== undefined) checkDuration('/timeout', timeout, 1)
  if (retry?.initial !== undefined) checkDuration('/retry/initial', retry.initial, 0)
  if (retry?.max !== undefined) checkDuration('/retry/max', retry.max, 0)
  if (retry?.max_age != null) checkDuration('/retry/max_age', retry.max_age, 0)
}

function checkDuration(pointer: string, text: string, minMs: number): void {
  const parsed = parseDuration(text)
  const field = `"${pointer.slice(1).replace('/', '.')}"`
  if (parsed === null) {
    throw refuse(
      pointer,
      `${field} is ${shown(text)}, but must be a duration such as "90s", "1h30m" or "7d".`
    )
  }
  if (parsed < minMs) {
    const least = minMs === MIN_INTERVAL_MS ? '"1s"' : '"1ms"'
    throw refuse(pointer, `${field} is ${shown(text)}, but must be at least ${least}.`)
  }
}

/** @throws CarillonError `validation_failed` for params that are too long, or that JSON cannot hold */
export function checkParams(params: unknown): void {
  const bytes = Buffer.byteLength(jsonOf('/params', params))
  if (bytes > MAX_PARAMS_BYTES) {
    throw refuse(
      '/params',
      `"params" has ${bytes} bytes as JSON, but may have ${MAX_PARAMS_BYTES}; store the data elsewhere and send a reference.`
    )
  }
}

function jsonOf(pointer: string, value: unknown): string {
  if (value === undefined) return ''
  try {
    const text: unknown = JSON.stringify(value)
    if (typeof text === 'string') return text
  } catch {
    // A BigInt, or an object that holds itself.
  }
  const field = `"${pointer.slice(1).replace('/', '.')}"`
  throw refuse(
    pointer,
    `${field} holds what JSON cannot; send strings, numbers, lists and objects.`
  )
}

/**
 * The first occurrence after now: a schedule is checked by computing it.
 * @throws CarillonError `validation_failed` when there is none, or no schedule, or two
 */
export function firstOccurrence(input: JobInput, time: DefinitionTime): number {
  checkTiming(input)
  const firstAt = scheduleOf(input, time)?.next(time.now) ?? null
  if (firstAt === null) throw neverOccurs(input, time)
  return firstAt
}

/**
 * Whether the fields that say when a job runs name exactly one rule.
 * @throws CarillonError `validation_failed`
 */
export function checkTiming(input: JobInput): void {
  const { schedule, start_date: startDate, repeat_interval: interval } = input
  if (schedule != null && interval != null) {
    throw refuse(
      '/repeat_interval',
      '"schedule" and "repeat_interval" are both set, but a job has one or the other; remove one (in a PATCH, by null).'
    )
  }
  if (startDate != null) instantInBody('/start_date', startDate)
  if (input.end_date != null) instantInBody('/end_date', input.end_date)
  if (schedule == null && interval == null && startDate == null) {
    throw refuse(
      '/schedule',
      'The job has no "schedule", no "repeat_interval" and no "start_date"; give one of them.'
    )
  }
}

/** Why there is no occurrence after now, as far as one field is to blame. */
function neverOccurs(input: JobInput, time: DefinitionTime): CarillonError {
  const { schedule, start_date: startDate, end_date: endDate } = input
  const endless = scheduleOf({ ...input, end_date: null }, time)?.next(time.now) ?? null
  if (endDate != null && endless !== null) {
    return refuse(
      '/end_date',
      `"end_date" is ${shown(endDate)}, which is before the first occurrence, ${formatInstant(endless)}; give a later one.`
    )
  }
  if (schedule != null) {
    return refuse(
      '/schedule',
      `"schedule" is ${shown(schedule)}, which never occurs after now; correct it.`
    )
  }
  return refuse(
    '/start_date',
    `"start_date" is ${shown(startDate)}, which is in the past; give a later one, or a "repeat_interval".`
  )
}
