import { randomFillSync } from 'node:crypto'

const BYTES = 24
/** Random bytes are drawn for this many at a time: one by one they cost ten times as much. */
const BATCH = 128

const pool = Buffer.alloc(BYTES * BATCH)
let used = pool.length

/**
 * The `traceparent` of a new, sampled trace: a random trace id and parent id. All zeros, which would
 * be invalid, has odds of 2^-64.
 * @see W3C Trace Context §3.2
 */
export function newTraceparent(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const hex = pool.toString('hex', used, used + BYTES)
  used += BYTES
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`
}
