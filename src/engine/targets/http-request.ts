import type { Dispatcher } from 'undici'
import { parseHttpTarget, type SuccessRule } from '../../domain/http-target.ts'
import type { Calling } from './http-calling.ts'
import type { OpenSecrets } from './open-secrets.ts'
import { signatureHeaders } from './signature.ts'

/** What requests say they come from, unless their job says so itself. */
export const USER_AGENT = 'carillon'

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

/** The request of one attempt or test, which is made at `now`, in epoch milliseconds. */
export function buildRequest(
  prepared: PreparedRequest,
  { id, params, headers: told }: Calling,
  now: number
): BuiltRequest {
  const { origin, path, method, contentType, signingKeys } = prepared
  const body = prepared.body === undefined ? encodeBody(params, contentType) : prepared.body
  const headers = [...prepared.headers, 'Idempotency-Key', id, ...told]
  if (body !== null && contentType === null) headers.push('Content-Type', 'application/json')
  if (signingKeys.length > 0) {
    headers.push(...signatureHeaders(signingKeys, { id, at: now, body: body ?? '' }))
  }
  return { origin, path, method, headers, body }
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
