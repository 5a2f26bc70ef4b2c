import { randomFillSync } from 'node:crypto'
import { isSpanContextValid, type SpanContext } from '@opentelemetry/api'
import type { AttemptContext } from '../attempt.ts'

const BYTES = 24
/** Random bytes are drawn for this many at a time: one by one they cost ten times as much. */
const BATCH = 128

const pool = Buffer.alloc(BYTES * BATCH)
let used = pool.length

const contexts = new WeakMap<object, SpanContext>()

/** Makes the span of an attempt known to what carries it out. */
export function setSpanContext(attempt: AttemptContext, span: SpanContext): void {
  if (isSpanContextValid(span)) contexts.set(attempt, span)
}

/**
 * The `traceparent` to send along with an attempt: that of its span where the process traces, else
 * that of a new, sampled trace.
 * @see W3C Trace Context §3.2
 */
export function traceparentOf(attempt: object): string {
  const span = contexts.get(attempt)
  if (span === undefined) return newTraceparent()
  const flags = span.traceFlags.toString(16).padStart(2, '0')
  return `00-${span.traceId}-${span.spanId}-${flags}`
}

/** The `tracestate` that belongs to it; null without any. */
export function tracestateOf(attempt: object): string | null {
  const state = contexts.get(attempt)?.traceState?.serialize() ?? ''
  return state === '' ? null : state
}

/** A random trace id and parent id. All zeros, which would be invalid, has odds of 2^-64. */
export function newTraceparent(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const hex = pool.toString('hex', used, used + BYTES)
  used += BYTES
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`
}
