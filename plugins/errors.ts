import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { MAX_BODY_BYTES } from './validation.ts'
import { CarillonError, type ErrorCode, type Fault } from '../src/domain/errors.ts'
import { shown } from '../src/domain/validation.ts'

/** RFC 9457 problem details, with a stable `code` and the faults of the input. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  request_id: string
  errors?: readonly Fault[]
}

const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  validation_failed: 400,
  invalid_configuration: 500,
  job_not_found: 404,
  run_not_found: 404,
  run_active: 409,
  run_finished: 409,
  job_running: 409,
  job_finished: 409,
  key_exists: 409,
  version_mismatch: 412,
  run_not_finished: 409,
  idempotency_key_reused: 422,
  request_in_progress: 409,
  host_not_allowed: 421,
  cross_site_request: 403,
  handler_exists: 409,
  too_many_listeners: 503,
  store_unusable: 503,
  store_busy: 503,
  store_unavailable: 503,
  store_full: 507
}

const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  414: 'url_too_long',
  415: 'unsupported_media_type'
}

/** Fastify's own errors whose sentence leaves out the value or the fix. */
const DETAIL_OF_FASTIFY: Readonly<Record<string, (request: FastifyRequest) => string>> = {
  FST_ERR_BAD_URL: ({ url }) =>
    `The path ${shown(url)} cannot be decoded; write a percent sign as "%25".`,
  FST_ERR_MAX_PARAM_LENGTH: ({ url }) =>
    `The path ${shown(url)} is too long for any id; shorten it.`,
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    `The body is larger than ${MAX_BODY_BYTES / 1024} KiB; send less.`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) =>
    `The content-type is ${shown(headers['content-type'] ?? 'missing')}, but must be "application/json".`
}

const RETRY_AFTER_SECONDS = 1

/** Fastify and its plugins put the status on the error. */
function statusOf(error: Error): number {
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
}

function problemOf(error: Error, request: FastifyRequest): Problem {
  const isOurs = error instanceof CarillonError
  const status = isOurs ? STATUS_OF[error.code] : statusOf(error)
  const code = isOurs ? error.code : (CODE_OF_STATUS[status] ?? otherCode(status))
  const problem: Problem = {
    type: `urn:carillon:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: isOurs ? error.message : detailOf(error, status, request),
    instance: request.url,
    code,
    request_id: request.id
  }
  if (!isOurs) return problem
  return { ...problem, ...error.context, ...(error.faults.length > 0 && { errors: error.faults }) }
}

function otherCode(status: number): string {
  return status < 500 ? 'bad_request' : 'internal_error'
}

/** What went wrong inside is for the log, not for the client. */
function detailOf(error: Error, status: number, request: FastifyRequest): string {
  if (status >= 500) return 'Something went wrong; the log has the reason.'
  const detail = 'code' in error ? DETAIL_OF_FASTIFY[String(error.code)] : undefined
  return detail?.(request) ?? error.message
}

/** For what a server refuses before any route is found, such as a path that cannot be decoded. */
export function sendEarlyProblem(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(error, request, reply)
}

function sendProblem(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request)
  if (problem.status >= 500)
    request.log.error({ err: error, request_id: request.id }, problem.detail)
  if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem)
}

/** Answers errors as problem details, whatever handlers a host application has. */
export default fp<Pick<AppOptions, 'notFound'>>(
  async (app, { notFound = true }) => {
    app.setErrorHandler<Error>(sendProblem)
    if (!notFound) return
    app.setNotFoundHandler((request, reply) => {
      const message = `There is no ${request.method} ${request.url.split('?')[0]}; see the API documentation.`
      return sendProblem(app.httpErrors.notFound(message), request, reply)
    })
  },
  { name: 'carillon-errors', dependencies: ['@fastify/sensible'] }
)
