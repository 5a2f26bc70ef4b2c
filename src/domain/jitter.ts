import { hashOf } from './hash.ts'

/** An occurrence whose start is to be spread. */
export interface JitterRequest {
  jobId: number
  /** Epoch milliseconds. */
  occurrence: number
  jitterMs: number
  /** Until the next occurrence; null when there is none. */
  periodMs: number | null
}

/**
 * By how many milliseconds a start is delayed: a hash of job and occurrence, so that every replica
 * and every preview comes to the same, below the jitter and never past half the period.
 */
export function startDelayMs({ jobId, occurrence, jitterMs, periodMs }: JitterRequest): number {
  const most = periodMs === null ? jitterMs : Math.min(jitterMs, Math.floor(periodMs / 2))
  return most <= 0 ? 0 : hashOf(`${jobId} ${occurrence}`) % most
}
