import type { Dispatcher } from 'undici'
import { parseHttpTarget, type SuccessRule } from '../../domain/http-target.ts'
import { formatInstant } from '../../domain/instant.ts'
import type { AttemptContext } from '../attempt.ts'
import type { OpenSecrets } from './open-secrets.ts'
import { signatureHeaders } from './signature.ts'
import { traceparentOf, tracestateOf } from './traceparent.ts'

/** What requests say they come from, unless their job says so itself. */
export const USER_AGENT = 'carillon'

/** What of an attempt goes into its request. */
export interface RequestFacts {
  readonly job: Pick<AttemptContext['job'], 'id'>
  readonly run: Pick<AttemptContext['run'], 'id' | 'scheduledFor' | 'attempt' | 'fencingToken'>
  readonly params: unknown
}

/** A request as it is handed to a connection; headers are names and values in turn. */
export interface BuiltRequest extends Dispatcher.DispatchOptions {
  origin: string
  headers: string[]
  body: string | null
}

/** What of a request is the same in every attempt of a job. */
export interface PreparedRequest {
  readonly isSuccess: SuccessRule
  readonly origin: string
  readonly path: string
  readonly method: string
  /** The job's own headers, names and values in turn. */
  readonly headers: readonly string[]
  /** Undefined when the params of the attempt are sent. */
  readonly body: string | null | undefined
  readonly contentType: string | null
  readonly signingKeys: readonly Buffer[]
}

/** @throws CarillonError `validation_failed` for a target that cannot work. */
export function prepareRequest(
  { target, signingKeys }: OpenSecrets,
  userAgent: string
): PreparedRequest {
  const { url, isSuccess } = parseHttpTarget(target)
  const method = target.method ?? 'POST'
  const own = Object.entries(target.headers ?? {})
  const has = (name: string): boolean => own.some(([key]) => key.toLowerCase() === name)
  const contentType = own.find(([key]) => key.toLowerCase() === 'content-type')?.[1] ?? null
  const sendsNone = method === 'GET' || method === 'HEAD'
  const fixed = target.body === undefined ? undefined : encodeBody(target.body, contentType)
  return {
    isSuccess,
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: [...own.flat(), ...(has('user-agent') ? [] : ['User-Agent', userAgent])],
    body: sendsNone ? null : fixed,
    contentType,
    signingKeys
  }
}

/** The request of one attempt, which is made at `now`, in epoch milliseconds. */
export function buildRequest(
  prepared: PreparedRequest,
  attempt: RequestFacts,
  now: number
): BuiltRequest {
  const { origin, path, method, contentType, signingKeys } = prepared
  const body = prepared.body === undefined ? encodeBody(attempt.params, contentType) : prepared.body
  const headers = [...prepared.headers, ...runHeaders(attempt)]
  if (body !== null && contentType === null) headers.push('Content-Type', 'application/json')
  if (signingKeys.length > 0) {
    const call = { id: String(attempt.run.id), at: now, body: body ?? '' }
    headers.push(...signatureHeaders(signingKeys, call))
  }
  return { origin, path, method, headers, body }
}

/** What lets a receiver tell runs and attempts apart, and drop what it has already done. */
function runHeaders(attempt: RequestFacts): string[] {
  const { job, run } = attempt
  const tracestate = tracestateOf(attempt)
  return [
    'Idempotency-Key',
    String(run.id),
    'Carillon-Job-Id',
    String(job.id),
    'Carillon-Run-Id',
    String(run.id),
    'Carillon-Scheduled-For',
    formatInstant(run.scheduledFor),
    'Carillon-Attempt',
    String(run.attempt),
    'Carillon-Fencing-Token',
    String(run.fencingToken),
    'traceparent',
    traceparentOf(attempt),
    ...(tracestate === null ? [] : ['tracestate', tracestate])
  ]
}

/** `application/json`, or a type that ends in `+json` (RFC 6839 §3.1). */
const JSON_TYPE = /[/+]json\s*(?:;|$)/i

/**
 * Null stands for "nothing to send". A string that is JSON goes out byte for byte; so does any
 * string under a content type of the job's own that is not JSON, such as a form.
 */
function encodeBody(value: unknown, contentType: string | null): string | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return JSON.stringify(value)
  const wantsJson = contentType === null || JSON_TYPE.test(contentType)
  return wantsJson && !isJson(value) ? JSON.stringify(value) : value
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
