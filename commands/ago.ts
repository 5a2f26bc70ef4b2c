const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000]
] as const

/** How far an instant is from now, in one unit: "in 5 min", "2 h ago"; a hyphen where there is none. */
export function fromNow(instant: string | null, now: number): string {
  if (instant === null) return '-'
  const distance = Date.parse(instant) - now
  const length = Math.abs(distance)
  const [unit, ms] = UNITS.find(([, one]) => length >= one) ?? ['s', 1_000]
  const text = `${Math.floor(length / ms)} ${unit}`
  return distance < 0 ? `${text} ago` : `in ${text}`
}
