import { formatStretch } from '../../../src/format/stretch.ts'

/** An instant as seen from now: "in 3 min", "40 s ago", "now". Both in epoch milliseconds. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(at - now)
  if (distance < 1_000) return 'now'
  return at > now ? `in ${formatStretch(distance)}` : `${formatStretch(distance)} ago`
}
