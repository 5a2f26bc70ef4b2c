import type { CronOptions } from './cron-options.ts'
import { parseCron, timezoneOf } from './parse-cron.ts'
import { resolveFields } from './resolve-fields.ts'
import { WallPattern } from './wall-pattern.ts'
import { offsetsOf } from './zone-offsets.ts'

/** A change of the clock that leaves out or repeats times which a schedule names. */
export interface ClockChange {
  /** The first instant on the changed clock, epoch milliseconds. */
  at: number
  /** What the clock shows there if it is not changed, and if it is: seconds on the wall. */
  before: number
  after: number
  /**
   * What becomes of the times in between: left out by the clock, they come to one occurrence at its
   * end, or to none; shown twice, they occur the first time only, or both times.
   */
  effect: 'shifted' | 'left_out' | 'once' | 'twice'
}

const ALL_HOURS = 24

/**
 * The clock changes in `(after, until]` (epoch milliseconds) that touch a time of an expression, in
 * order. Patterns that run in every hour of the day, such as every 5 minutes, have none: they keep
 * their distance through a change. Refuses what `describeCron` refuses.
 */
export function findClockChanges(
  expression: string,
  options: CronOptions,
  { after, until }: { after: number; until: number }
): ClockChange[] {
  const parsed = parseCron(expression)
  const zone = offsetsOf(timezoneOf(parsed, options.timezone))
  if (parsed.everyMs !== null) return []
  const fields = resolveFields(parsed, options.seed)
  const pattern = new WallPattern(fields)
  if (!pattern.matches || (!parsed.fixedTime && fields.hours.size === ALL_HOURS)) return []

  const shifts = parsed.fixedTime && options.dst?.gap !== 'skip'
  const onlyFirst = parsed.fixedTime && options.dst?.overlap !== 'both'
  const found: ClockChange[] = []
  let span = zone.spanAt(Math.floor(after / 1000))
  while (span.end * 1000 <= until) {
    const next = zone.spanAt(span.end)
    const before = span.end + span.offset
    const changed = span.end + next.offset
    if (pattern.count(Math.min(before, changed), Math.max(before, changed)) > 0) {
      const inGap = shifts ? 'shifted' : 'left_out'
      const inOverlap = onlyFirst ? 'once' : 'twice'
      const effect = changed > before ? inGap : inOverlap
      found.push({ at: span.end * 1000, before, after: changed, effect })
    }
    span = next
  }
  return found
}
