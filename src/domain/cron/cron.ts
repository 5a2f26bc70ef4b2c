import { LRUCache } from 'lru-cache'
import { createInterval } from '../interval.ts'
import type { Schedule } from '../schedule.ts'
import type { CronOptions } from './cron-options.ts'
import { MAX_SCHEDULE_LENGTH, parseCron, refuseExpression, timezoneOf } from './parse-cron.ts'
import type { ParsedCron } from './parsed-cron.ts'
import { resolveFields } from './resolve-fields.ts'
import { WallPattern } from './wall-pattern.ts'
import { offsetsOf } from './zone-offsets.ts'
import { ZonedSchedule } from './zoned-schedule.ts'

export { type ClockChange, findClockChanges } from './clock-changes.ts'
export { clockNote } from './clock-note.ts'
export type { CronOptions } from './cron-options.ts'
export { describeCron, describeCronDays } from './describe-cron.ts'
export { describePeriod } from './describe-period.ts'
export { parseCron } from './parse-cron.ts'
export { canonicalTimezone } from './timezone.ts'
export { joinWords } from './words.ts'
export { offsetsOf } from './zone-offsets.ts'

/** Bounded by number and by size: some 10 MB at the most. */
const compiled = new LRUCache<string, Schedule>({
  max: 10_000,
  maxSize: 10_000_000,
  sizeCalculation: (_schedule, key) => 1_000 + 2 * key.length
})

/**
 * The schedule of a cron expression, ready to be asked; cheap when it was compiled before. Throws
 * `validation_failed` at `/schedule` or `/timezone`, with a sentence that names the fault and the
 * fix, and also refuses what would never fire, such as `0 0 30 2 *`.
 */
export function compileCron(expression: string, options: CronOptions): Schedule {
  const key = cacheKey(expression, options)
  const known = compiled.get(key)
  if (known !== undefined) return known
  const schedule = compile(expression, options)
  compiled.set(key, schedule)
  return schedule
}

/** The seed is part of it only where an item may be `H`, so that other jobs share one entry. */
function cacheKey(expression: string, { timezone, seed, dst, anchor }: CronOptions): string {
  if (expression.length > MAX_SCHEDULE_LENGTH) return ''
  const hashed = /(?:^|[ ,])H/i.test(expression) ? seed : undefined
  const grid = /@every/i.test(expression) ? anchor : undefined
  return JSON.stringify([expression, timezone, dst?.gap, dst?.overlap, hashed, grid])
}

function compile(expression: string, options: CronOptions): Schedule {
  const parsed = parseCron(expression)
  const timezone = timezoneOf(parsed, options.timezone)
  if (parsed.everyMs !== null) return createInterval(options.anchor ?? 0, parsed.everyMs)
  const pattern = new WallPattern(resolveFields(parsed, options.seed))
  if (!pattern.matches) throw refuseExpression(parsed.text, neverFires(parsed))
  return new ZonedSchedule(pattern, offsetsOf(timezone), {
    catchGap: parsed.fixedTime && options.dst?.gap !== 'skip',
    skipRepeat: parsed.fixedTime && options.dst?.overlap !== 'both'
  })
}

function neverFires(parsed: ParsedCron): string {
  const [, , , day, month, weekday] = parsed.fields
  const which = weekday === '*' ? `day ${day}` : `day ${day} with weekday ${weekday}`
  return `it never fires, because no month ${month} has ${which}; choose days that exist.`
}
