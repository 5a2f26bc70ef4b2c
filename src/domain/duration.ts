const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const
type Unit = keyof typeof UNIT_MS

const PART = /(\d{1,12})(ms|w|d|h|m|s)/gy
const MAX_MS = 100 * 365 * UNIT_MS.d

function isUnit(text: string | undefined): text is Unit {
  return text !== undefined && text in UNIT_MS
}

/**
 * Milliseconds of a duration such as "90s", "1h30m" or "7d", or null when the text is none: units
 * w, d, h, m, s, ms, each at most once and falling in size; `1d` is always 24 hours. At most a
 * hundred years.
 */
export function parseDuration(text: string): number | null {
  if (text.length === 0 || text.length > 40) return null
  let total = 0
  let end = 0
  let lastUnitMs = Infinity
  PART.lastIndex = 0
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    const unit = part[2]
    if (!isUnit(unit) || UNIT_MS[unit] >= lastUnitMs) return null
    lastUnitMs = UNIT_MS[unit]
    total += Number(part[1]) * lastUnitMs
    end = PART.lastIndex
  }
  return end === text.length && total <= MAX_MS ? total : null
}

/** The duration in its largest units, such as "1h30m"; "0s" for nothing. */
export function formatDuration(durationMs: number): string {
  let rest = Math.round(durationMs)
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(rest / UNIT_MS[unit])
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * UNIT_MS[unit]
  }
  return text === '' ? '0s' : text
}
