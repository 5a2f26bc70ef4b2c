const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000]
] as const

/** A stretch of time in one unit: "40 s", "3 min", "2 d". */
export function formatStretch(ms: number): string {
  const [unit, length] = UNITS.find(([, one]) => ms >= one) ?? ['s', 1_000]
  return `${Math.floor(ms / length)} ${unit}`
}

/** An instant as seen from now: "in 3 min", "40 s ago", "now". Both in epoch milliseconds. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(at - now)
  if (distance < 1_000) return 'now'
  return at > now ? `in ${formatStretch(distance)}` : `${formatStretch(distance)} ago`
}
