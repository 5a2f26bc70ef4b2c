/** A clock that is off by so much is told of, and by so much more cannot be relied on. */
export const WARNED_SKEW_MS = 5_000
export const MAX_SKEW_MS = 30_000

/** How far the clock of this machine is ahead of that of the database, for people. */
export function skewSentence(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  const side = skewMs > 0 ? 'ahead of' : 'behind'
  return `The clock of this machine is ${seconds} s ${side} that of the database.`
}
