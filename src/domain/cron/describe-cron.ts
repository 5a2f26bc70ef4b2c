import type { CronOptions } from './cron-options.ts'
import { describeDays } from './describe-days.ts'
import { describePeriod } from './describe-period.ts'
import { describeTimes, listsTimes } from './describe-times.ts'
import { parseCron, timezoneOf } from './parse-cron.ts'
import { resolveFields } from './resolve-fields.ts'

/**
 * What an expression means, as a sentence for people who do not read cron: "At 09:00 every Monday,
 * Europe/Berlin time." Refuses what `compileCron` refuses, except what never fires.
 */
export function describeCron(expression: string, options: CronOptions): string {
  const parsed = parseCron(expression)
  const timezone = timezoneOf(parsed, options.timezone)
  if (parsed.everyMs !== null) return `Every ${describePeriod(parsed.everyMs)}.`
  const fields = resolveFields(parsed, options.seed)
  const times = describeTimes(fields)
  const days = describeDays(fields)
  const zone = timezone === 'UTC' ? 'UTC' : `${timezone} time`
  const first = times.charAt(0).toUpperCase() + times.slice(1)
  if (listsTimes(fields)) return `${first} ${days === '' ? 'every day' : days}, ${zone}.`
  return `${first}${days === '' ? '' : `, ${days}`}, ${zone}.`
}

/**
 * The days that the three day fields of an expression mean: "on the 25th of December", "every
 * Saturday and Sunday", or "every day". Refuses what `parseCron` refuses.
 */
export function describeCronDays(fields: string): string {
  const days = describeDays(resolveFields(parseCron(`* * ${fields}`), undefined))
  return days === '' ? 'every day' : days
}
