import { joinWords } from './words.ts'

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1]
]

/** Below this, hours are said: "24 hours" promises nothing about the time of day, "day" would. */
const DAYS_FROM = 172_800_000

/** What stands after "every": "5 minutes", "hour", "24 hours", "1 hour and 30 minutes". */
export function describePeriod(ms: number): string {
  let rest = ms
  const parts: string[] = []
  for (const [name, size] of UNITS) {
    if (name === 'day' && ms < DAYS_FROM) continue
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(count === 1 ? `1 ${name}` : `${count} ${name}s`)
  }
  return parts.length === 1 ? (parts[0] ?? '').replace(/^1 /, '') : joinWords(parts)
}
