import type { CronOptions } from './cron-options.ts'
import { describeDays } from './describe-days.ts'
import { describeTimes, listsTimes } from './describe-times.ts'
import { parseCron, timezoneOf } from './parse-cron.ts'
import { resolveFields } from './resolve-fields.ts'
import { joinWords } from './words.ts'

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1]
]

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

/** "5 minutes", "hour and 30 minutes": what stands after "every". */
function describePeriod(ms: number): string {
  let rest = ms
  const parts: string[] = []
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(count === 1 ? `1 ${name}` : `${count} ${name}s`)
  }
  return parts.length === 1 ? (parts[0] ?? '').replace(/^1 /, '') : joinWords(parts)
}
