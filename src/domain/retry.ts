/** How often and how soon a failed run is tried again. */
export interface RetryPolicy {
  /** All attempts of a run, the first one included. */
  maxAttempts: number
  backoff: 'exponential' | 'fixed'
  initialMs: number
  maxMs: number
  /** No retry may start later than this after the run was due; null for no such limit. */
  maxAgeMs: number | null
}

export interface RetryRequest {
  /** Attempts of this run that failed, this one included; crashes and hand-backs do not count. */
  failures: number
  now: number
  dueAt: number
  /** What the target asked for, such as an HTTP `Retry-After`; null when it did not. */
  retryAfterMs: number | null
  /** In [0, 1). */
  random: number
}

/**
 * When the next attempt may start, or null when there is to be none. The delay is drawn from
 * [0, cap) ("full jitter", AWS Architecture Blog 2015), so that many runs failing together do not
 * come back together; what the target asked for is honoured up to the policy's maximum.
 */
export function nextAttemptAt(policy: RetryPolicy, request: RetryRequest): number | null {
  if (request.failures >= policy.maxAttempts) return null
  const at = request.now + delayMs(policy, request)
  if (policy.maxAgeMs !== null && at > request.dueAt + policy.maxAgeMs) return null
  return at
}

function delayMs(policy: RetryPolicy, request: RetryRequest): number {
  if (request.retryAfterMs !== null) return Math.min(request.retryAfterMs, policy.maxMs)
  const doublings = policy.backoff === 'exponential' ? request.failures - 1 : 0
  const cap = Math.min(policy.initialMs * 2 ** doublings, policy.maxMs)
  return Math.floor(request.random * cap)
}
