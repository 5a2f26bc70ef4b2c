/** What the last run of a job, or one attempt of a run, ended as. */
export const ATTEMPT_OUTCOMES = ['succeeded', 'failed', 'cancelled'] as const
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number]

/** Why an attempt failed: a stable word, and a sentence. */
export interface RunError {
  /** Such as `timeout`, `http_status`, `network` or `exception`. */
  code: string
  message: string
}

/** What performing one attempt came to. */
export type Outcome =
  | { kind: 'succeeded'; result: unknown }
  | {
      kind: 'failed'
      error: RunError
      result: unknown
      /** False when another attempt cannot help, as after an HTTP 404. */
      retryable: boolean
      /** What the target asked for; null when it did not. */
      retryAfterMs: number | null
      /** The target is gone for good (HTTP 410): the job is to be paused. */
      pauseJob: boolean
    }
  /** With what the target had to say of it when it was stopped. */
  | { kind: 'cancelled'; reason: string | null; result?: unknown }
  /** Stopped by the scheduler's own stop: the run goes back to pending. */
  | { kind: 'interrupted' }

/** A failure that another attempt would only repeat. */
export function refusal(code: string, message: string): Outcome {
  return { ...FAILED, error: { code, message }, result: null, retryable: false }
}

const FAILED = { kind: 'failed', retryAfterMs: null, pauseJob: false } as const

/** A failure with the usual consequences: retried, at a time the policy chooses. */
export function failure(code: string, message: string, more: { result?: unknown } = {}): Outcome {
  return { ...FAILED, error: { code, message }, result: more.result ?? null, retryable: true }
}
