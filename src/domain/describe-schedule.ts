import {
  describeCron,
  describeCronDays,
  describePeriod,
  joinWords,
  parseCron
} from './cron/cron.ts'
import { parseDuration } from './duration.ts'
import { parseInstant } from './instant.ts'
import type { Exclusion } from './job.ts'
import type { Timing } from './job-schedule.ts'
import { momentInWords, zoneInWords } from './local-time.ts'

/** More exclusions than this are counted, not told. */
const MAX_TOLD = 3

/** A checked schedule, and what limits it. */
export interface DescribedTiming extends Timing {
  exclude?: readonly Exclusion[]
  max_runs?: number | null
}

/** Where and when a schedule is told. */
export interface DescriptionContext {
  /** Canonical. */
  timezone: string
  /** What `H` spreads by. */
  seed: string
  /** Epoch milliseconds; a start before it is told to be past. */
  now: number
}

/**
 * What a schedule means, in plain English: "At 09:00 every Monday, Europe/Berlin time.", "Every 24
 * hours, counted from Monday 10 June 2024 at 09:00 UTC.", "Once, on …", with its start, end and
 * exclusions.
 * @throws CarillonError `validation_failed` for a cron expression that is none; one that never
 * fires is told all the same
 */
export function describeSchedule(timing: DescribedTiming, context: DescriptionContext): string {
  const limits = [
    untilWords(timing, context),
    exceptWords(timing, context),
    timing.max_runs == null
      ? ''
      : `, ${timing.max_runs === 1 ? 'once' : `${timing.max_runs} times`} at most`
  ]
  return `${ruleWords(timing, context)}${limits.join('')}.${pastStart(timing, context)}`
}

function ruleWords(timing: DescribedTiming, context: DescriptionContext): string {
  const { schedule, start_date: start, repeat_interval: interval } = timing
  if (schedule == null) {
    if (interval == null) return `Once, on ${zonedMoment(start ?? '', context)}`
    return `Every ${describePeriod(parseDuration(interval) ?? 0)}, counted from ${originWords(start, context)}`
  }
  const rule = describeCron(schedule, { timezone: context.timezone, seed: context.seed })
  const words = rule.replace(/\.$/, '')
  if (isGrid(timing)) return `${words}, counted from ${originWords(start, context)}`
  return start == null ? words : `${words}, from ${moment(start, context)} on`
}

function originWords(start: string | null | undefined, context: DescriptionContext): string {
  return start == null ? 'the creation of the job' : zonedMoment(start, context)
}

function untilWords({ end_date: end }: DescribedTiming, context: DescriptionContext): string {
  return end == null ? '' : `, until ${moment(end, context)}`
}

function exceptWords({ exclude = [] }: DescribedTiming, context: DescriptionContext): string {
  if (exclude.length === 0) return ''
  const told = exclude.slice(0, MAX_TOLD).map((one) => exclusionWords(one, context))
  const more = exclude.length - told.length
  return `, except ${joinWords(more === 0 ? told : [...told, `in ${more} more ${more === 1 ? 'case' : 'cases'}`])}`
}

function exclusionWords(exclusion: Exclusion, context: DescriptionContext): string {
  if (typeof exclusion === 'string') return describeCronDays(exclusion)
  return `from ${moment(exclusion.from, context)} to ${moment(exclusion.to, context)}`
}

/** A grid that has begun goes on; people expect a burst, or a fault. */
function pastStart(timing: DescribedTiming, { now }: DescriptionContext): string {
  if (timing.start_date == null || (parseInstant(timing.start_date) ?? 0) > now) return ''
  if (timing.repeat_interval == null && !isGrid(timing)) return ''
  return ' That start has passed: it goes on with the first of these times that is still to come, and none before it is made up for.'
}

function isGrid({ schedule }: DescribedTiming): boolean {
  return schedule != null && parseCron(schedule).everyMs !== null
}

function moment(text: string, { timezone }: DescriptionContext): string {
  return momentInWords(parseInstant(text) ?? 0, timezone)
}

function zonedMoment(text: string, context: DescriptionContext): string {
  const separator = context.timezone === 'UTC' ? ' ' : ', '
  return `${moment(text, context)}${separator}${zoneInWords(context.timezone)}`
}
