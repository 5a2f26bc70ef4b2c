const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1]
]

const SHAPE = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** No real duration is longer; keeps the pattern away from absurd input. */
const MAX_LENGTH = 40

const MAX_MS = 100 * 365 * 86_400_000

/** Hours read better than a single day ("24h", "36h"), so days start at two. */
const DAYS_FROM = 172_800_000

/**
 * Milliseconds of a duration such as "90s", "1h30m", "24h", "7d" or "250ms": whole numbers, each
 * unit at most once, from the largest (w, d, h, m, s, ms) to the smallest. A day is 24 hours. Null
 * for anything else, and for more than a hundred years.
 */
export function parseDuration(text: string): number | null {
  if (text === '' || text.length > MAX_LENGTH) return null
  const match = SHAPE.exec(text)
  if (match === null) return null
  const total = UNITS.reduce((sum, [, ms], i) => sum + Number(match[i + 1] ?? 0) * ms, 0)
  return total <= MAX_MS ? total : null
}

/**
 * The duration string of whole milliseconds, which `parseDuration` reads back as the same number:
 * 5400000 is "1h30m", 86400000 "24h", 604800000 "7d", 0 "0s".
 */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms)
  let text = ''
  for (const [unit, size] of UNITS) {
    if (unit === 'w' || (unit === 'd' && ms < DAYS_FROM)) continue
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0s' : text
}
