import { STATUS_CODES } from 'node:http'
import { keepHeaders, type HttpResponse } from '../../domain/http-response.ts'
import type { SuccessRule } from '../../domain/http-target.ts'
import { failure, type Outcome } from '../../domain/outcome.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { networkMessage } from './network-message.ts'
import { parseRetryAfter } from './retry-after.ts'

/** What an answer is judged by, apart from itself. */
export interface Judgement {
  isSuccess: SuccessRule
  origin: string
  /** Epoch milliseconds: a `Retry-After` date counts from here. */
  now: number
}

const MAX_CONTENT_TYPE_LENGTH = 200

/**
 * What an answer means for the run: the status decides, the body never. Successful but broken off
 * counts as a network failure, as nothing says what the missing part was (RFC 9112 §8).
 */
export function judge(answer: HttpAnswer, { isSuccess, origin, now }: Judgement): Outcome {
  const result = resultOf(answer)
  if (!isSuccess(answer.status)) return refused(answer, { result, now })
  if (answer.brokenBy === null) return { kind: 'succeeded', result }
  return failure('network', networkMessage(origin, answer.brokenBy), { result })
}

function refused(answer: HttpAnswer, more: { result: HttpResponse; now: number }): Outcome {
  const { status, retryAfter } = answer
  const retryable = isRetryable(status)
  return {
    kind: 'failed',
    error: { code: 'http_status', message: statusMessage(status) },
    result: more.result,
    retryable,
    retryAfterMs: retryable && retryAfter !== null ? parseRetryAfter(retryAfter, more.now) : null,
    pauseJob: status === 410
  }
}

/** Request Timeout, Too Early (RFC 8470), Too Many Requests (RFC 6585), and the server's own faults. */
function isRetryable(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

/** The words are ours, not the server's: its reason phrase may hold anything. */
function statusMessage(status: number): string {
  const phrase = STATUS_CODES[status]
  const answered = `The target answered ${status}${phrase === undefined ? '' : ` ${phrase}`}`
  return status >= 300 && status < 400
    ? `${answered}; redirects are not followed, so give the final URL.`
    : `${answered}.`
}

function resultOf(answer: HttpAnswer): HttpResponse {
  const { status, contentType, headers, headersMs: headers_ms, body, truncated } = answer
  const content_type = contentType?.slice(0, MAX_CONTENT_TYPE_LENGTH) ?? null
  return { status, content_type, ...keepHeaders(headers), headers_ms, body, truncated }
}
