import { findClockChanges, offsetsOf, parseCron, type ClockChange } from './cron/cron.ts'
import { parseDuration } from './duration.ts'
import { parseInstantOrNull } from './instant.ts'
import type { Timing } from './job-schedule.ts'
import { dayInWords, timeInWords } from './local-time.ts'
import type { Schedule } from './schedule.ts'
import { words } from './schema.ts'
import type { Upcoming } from './upcoming.ts'

/** What a preview warns about; clients may branch on these. */
export const WARNING_CODES = [
  'never_fires',
  'all_excluded',
  'both_day_fields',
  'uneven_step',
  'very_frequent',
  'dst_gap',
  'dst_overlap',
  'dst_interval',
  'h_provisional',
  'jitter_provisional'
] as const
export const WarningCode = words(WARNING_CODES)
export type WarningCode = (typeof WARNING_CODES)[number]

/** Something about a schedule that people who write it may not expect. */
export interface Warning {
  code: WarningCode
  /** A sentence that names the cause and, where there is one, the way out. */
  detail: string
}

/** A checked schedule with what is known about it. */
export interface WarnedSchedule {
  timing: Timing & { jitter?: string }
  schedule: Schedule
  /** Canonical. */
  timezone: string
  /** What `H` spreads by. */
  seed: string
  /** Epoch milliseconds. */
  after: number
  next: readonly Upcoming[]
}

const DAY_MS = 86_400_000
const YEAR_MS = 366 * DAY_MS
/** Once a minute. */
const FREQUENT_PER_DAY = 1_440

/** The warnings of a schedule that fires. */
export function findWarnings(subject: WarnedSchedule): Warning[] {
  return [
    ...excludedWarnings(subject),
    ...syntaxWarnings(subject),
    ...frequencyWarnings(subject),
    ...clockWarnings(subject),
    ...intervalWarnings(subject),
    ...provisionalWarnings(subject)
  ]
}

function excludedWarnings({ next }: WarnedSchedule): Warning[] {
  if (next.some((entry) => entry.skipped !== 'excluded')) return []
  const which =
    next.length === 1 ? 'The next occurrence is' : `The next ${next.length} occurrences are all`
  const detail = `${which} excluded, so nothing runs then; see whether "exclude" takes away more than is meant.`
  return [{ code: 'all_excluded', detail }]
}

function syntaxWarnings({ timing }: WarnedSchedule): Warning[] {
  if (timing.schedule == null) return []
  const { bothDayFields, unevenSteps } = parseCron(timing.schedule)
  const steps = unevenSteps.map((step): Warning => ({
    code: 'uneven_step',
    detail: unevenStep(step)
  }))
  if (!bothDayFields) return steps
  const detail =
    'Day of month and weekday are both restricted, so it runs on every day that matches either of them, not only on days that match both (the rule of crontab(5)); write * in the one that is not meant.'
  return [{ code: 'both_day_fields', detail }, ...steps]
}

function unevenStep(step: string): string {
  return `${step} begins anew each time its field does, so the last step of the round is shorter than the others; for the same distance always, use "repeat_interval" or @every.`
}

function frequencyWarnings({ timing, schedule, after }: WarnedSchedule): Warning[] {
  const first = schedule.next(after)
  if (first === null) return []
  const times = schedule.count(first - 1, first - 1 + DAY_MS)
  if (times <= FREQUENT_PER_DAY) return []
  const hint = hasSeconds(timing)
    ? ' With six fields the first is seconds; leave it out if that is not meant.'
    : ''
  const detail = `It runs ${times.toLocaleString('en-US')} times in a day, more than once a minute.${hint}`
  return [{ code: 'very_frequent', detail }]
}

function hasSeconds({ schedule }: Timing): boolean {
  return schedule != null && / /.test(schedule) && parseCron(schedule).fields[0] !== '0'
}

/** A time that a clock change of the next year leaves out or repeats. */
function clockWarnings({ timing, timezone, seed, after }: WarnedSchedule): Warning[] {
  if (timing.schedule == null) return []
  const from = Math.max(after, parseInstantOrNull(timing.start_date) ?? after)
  const until = Math.min(after + YEAR_MS, parseInstantOrNull(timing.end_date) ?? Infinity)
  const dst = { gap: timing.dst?.gap ?? 'shift', overlap: timing.dst?.overlap ?? 'first' }
  const changes = findClockChanges(timing.schedule, { timezone, seed, dst }, { after: from, until })
  return changes.map((change) => ({
    code: change.after > change.before ? 'dst_gap' : 'dst_overlap',
    detail: changeInWords(change, timezone)
  }))
}

const EFFECTS: Readonly<Record<ClockChange['effect'], string>> = {
  shifted: 'what is due in between does not exist and runs once instead, at the end of the gap.',
  left_out: 'what is due in between does not exist, and nothing runs in its place.',
  once: 'what is due in between comes twice and runs the first time only.',
  twice: 'what is due in between comes twice and runs both times.'
}

function changeInWords({ before, after, effect }: ClockChange, timezone: string): string {
  // In an overlap at midnight the change lies on the day before the one that it leads back to.
  const day = dayInWords(Math.min(before, after) * 1000)
  const way = after > before ? 'forward' : 'back'
  const times = `${way} from ${timeInWords(before * 1000)} to ${timeInWords(after * 1000)}`
  return `On ${day} the clock of ${timezone} is set ${times}: ${EFFECTS[effect]}`
}

/** Whole days of 24 hours wander over the clock when it is changed. */
function intervalWarnings({ timing, timezone, after }: WarnedSchedule): Warning[] {
  const periodMs = periodOf(timing)
  if (periodMs === null || periodMs % DAY_MS !== 0) return []
  const zone = offsetsOf(timezone)
  const span = zone.spanAt(Math.floor(after / 1000))
  const last = Math.min(after + YEAR_MS, parseInstantOrNull(timing.end_date) ?? Infinity)
  let change = span
  while (change.end * 1000 <= last && change.offset === span.offset)
    change = zone.spanAt(change.end)
  if (change.offset === span.offset) return []
  const day = dayInWords((change.start + Math.min(span.offset, change.offset)) * 1000)
  const detail = `A day of an interval is 24 hours, so from ${day} on, when the clock of ${timezone} is changed, it runs at another time of day; to keep the time of day, use a cron "schedule".`
  return [{ code: 'dst_interval', detail }]
}

function provisionalWarnings({ timing, schedule, after }: WarnedSchedule): Warning[] {
  const found: Warning[] = []
  if (timing.schedule != null && parseCron(timing.schedule).hasHash) {
    const detail =
      'H spreads by the id of the job, which a preview does not have: these times are an example, and the job will keep to times of its own.'
    found.push({ code: 'h_provisional', detail })
  }
  const jitterMs = timing.jitter === undefined ? 0 : (parseDuration(timing.jitter) ?? 0)
  if (jitterMs > 0 && schedule.next(after) !== null) {
    const detail = `Starts are delayed by up to ${timing.jitter}, at most half the time to the next occurrence; by how much depends on the id of the job, which a preview does not have.`
    found.push({ code: 'jitter_provisional', detail })
  }
  return found
}

function periodOf({ schedule, repeat_interval: interval }: Timing): number | null {
  if (schedule != null) return parseCron(schedule).everyMs
  return interval == null ? null : parseDuration(interval)
}
