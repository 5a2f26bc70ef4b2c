import { formatStretch } from '../src/format/stretch.ts'

/** How far an instant is from now, in one unit: "in 5 min", "2 h ago"; a hyphen where there is none. */
export function fromNow(instant: string | null, now: number): string {
  if (instant === null) return '-'
  const distance = Date.parse(instant) - now
  const text = formatStretch(Math.abs(distance))
  return distance < 0 ? `${text} ago` : `in ${text}`
}
