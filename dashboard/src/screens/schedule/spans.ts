/** How far ahead the timeline looks. */
export interface Span {
  ms: number
  /** From one hour that is named above it to the next, at least. */
  tickMs: number
  /** As in "the next 24 hours". */
  name: string
}

const HOUR_MS = 3_600_000
const DAY: Span = { ms: 24 * HOUR_MS, tickMs: 6 * HOUR_MS, name: '24 hours' }

/** By what stands for them in the address; none is a day. */
export const SPANS: Readonly<Record<string, Span>> = {
  '1h': { ms: HOUR_MS, tickMs: HOUR_MS / 4, name: 'hour' },
  '6h': { ms: 6 * HOUR_MS, tickMs: 2 * HOUR_MS, name: '6 hours' },
  '3d': { ms: 72 * HOUR_MS, tickMs: 24 * HOUR_MS, name: '3 days' },
  '7d': { ms: 168 * HOUR_MS, tickMs: 48 * HOUR_MS, name: '7 days' }
}

export function spanOf(word: string | undefined): Span {
  return SPANS[word ?? ''] ?? DAY
}
