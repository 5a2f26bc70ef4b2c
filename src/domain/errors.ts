/** Every way in which a call to the scheduler can be refused or fail; clients may branch on these. */
export const ERROR_CODES = [
  'validation_failed',
  'invalid_configuration',
  'job_not_found',
  'run_not_found',
  'run_active',
  'run_finished',
  'job_running',
  'job_finished',
  'key_exists',
  'version_mismatch',
  'run_not_finished',
  'no_request',
  'idempotency_key_reused',
  'request_in_progress',
  'command_not_allowed',
  'insufficient_scope',
  'api_key_not_found',
  'secrets_not_configured',
  'host_not_allowed',
  'cross_site_request',
  'handler_exists',
  'too_many_listeners',
  'store_unusable',
  'store_busy',
  'store_unavailable',
  'store_full'
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** Where in the input a fault is, and a sentence that names the value and the fix. */
export interface Fault {
  in: 'body' | 'query' | 'params' | 'headers' | 'config'
  /** JSON pointer (RFC 6901) into that part; empty for the whole of it. */
  pointer: string
  detail: string
}

/** The one error class of the core. `message` is a sentence fit to be shown to a user. */
export class CarillonError extends Error {
  override readonly name = 'CarillonError'
  readonly code: ErrorCode
  readonly faults: readonly Fault[]
  /** Facts a caller can use, such as the run that is in the way; plain JSON. */
  readonly context: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    details: { faults?: readonly Fault[]; context?: Record<string, unknown>; cause?: unknown } = {}
  ) {
    super(message, { cause: details.cause })
    this.code = code
    this.faults = details.faults ?? []
    this.context = details.context ?? {}
  }
}

/** A field of a job, refused: the sentence, and where it points. */
export function refuse(pointer: string, detail: string): CarillonError {
  return new CarillonError('validation_failed', detail, {
    faults: [{ in: 'body', pointer, detail }]
  })
}

/** What a caught value says; anything can be thrown, and an error may hold anything as its message. */
export function messageOf(error: unknown): string {
  const said: unknown = error instanceof Error ? error.message : error
  if (typeof said === 'string') return said
  try {
    return JSON.stringify(said) ?? String(said)
  } catch {
    return `a ${typeof said} that cannot be shown`
  }
}
