const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 10_000
const TRIED_AGAIN = new Set([408, 425, 429, 502, 503, 504])

/** Whether the same request may do better in a moment. */
export function isTemporary(status: number): boolean {
  return TRIED_AGAIN.has(status)
}

/**
 * How long to wait before a try, from 1: longer each time, and by chance, so that many who failed
 * together do not come back together (full jitter); what the service asked for, if that is longer.
 * Milliseconds.
 */
export function waitBefore(attempt: number, retryAfter: string | null): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1))
  const asked = Number(retryAfter) * 1_000
  const least = Number.isFinite(asked) ? Math.min(asked, LONGEST_WAIT_MS) : 0
  return Math.max(least, Math.random() * most)
}

/** @throws the reason of the signal when it fires meanwhile */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
