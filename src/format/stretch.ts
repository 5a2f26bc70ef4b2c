const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000]
] as const

/** A stretch of time, given in milliseconds, in its largest unit: "40 s", "3 min", "2 d". */
export function formatStretch(ms: number): string {
  const [unit, length] = UNITS.find(([, one]) => ms >= one) ?? ['s', 1_000]
  return `${Math.floor(ms / length)} ${unit}`
}
