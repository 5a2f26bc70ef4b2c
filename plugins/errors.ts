import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { MAX_BODY_BYTES } from './validation.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { HTTP_CODES, isProblemCode, PROBLEMS, type ProblemCode } from '../src/domain/problems.ts'
import type { Problem } from '../src/domain/problem.ts'
import { shown } from '../src/domain/validation.ts'

/** What Fastify and its plugins refuse, by the status that they put on the error. */
const CODE_OF_STATUS = new Map(HTTP_CODES.map((code) => [PROBLEMS[code].status, code]))

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

/** The status and the code; what no request should meet is a fault inside. */
function kindOf(error: Error): { status: number; code: ProblemCode } {
  if (!(error instanceof CarillonError)) {
    const status = statusOf(error)
    const other = status < 500 ? 'bad_request' : 'internal_error'
    return { status, code: CODE_OF_STATUS.get(status) ?? other }
  }
  const code = isProblemCode(error.code) ? error.code : 'internal_error'
  return { status: PROBLEMS[code].status, code }
}

function problemOf(error: Error, request: FastifyRequest, prefix: string): Problem {
  const isOurs = error instanceof CarillonError
  const { status, code } = kindOf(error)
  const problem: Problem = {
    // A path, since nobody knows under which name the service is reached (RFC 9457, 3.1.1).
    type: `${prefix}/problems/${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: isOurs ? error.message : detailOf(error, status, request),
    instance: request.url,
    code,
    request_id: request.id
  }
  if (!isOurs) return problem
  return {
    ...problem,
    ...error.context,
    ...(error.faults.length > 0 && { errors: [...error.faults] })
  }
}

/** What went wrong inside is for the log, not for the client. */
function detailOf(error: Error, status: number, request: FastifyRequest): string {
  if (status >= 500) return 'Something went wrong; the log has the reason.'
  const detail = 'code' in error ? DETAIL_OF_FASTIFY[String(error.code)] : undefined
  return detail?.(request) ?? error.message
}

type Sender = (error: Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply

function createSender(prefix: string): Sender {
  return (error, request, reply) => {
    const problem = problemOf(error, request, prefix)
    if (problem.status >= 500)
      request.log.error({ err: error, request_id: request.id }, problem.detail)
    if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
    return reply
      .code(problem.status)
      .type('application/problem+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(problem)
  }
}

const sendWithoutPrefix = createSender('')

/** For what a server refuses before any route is found, such as a path that cannot be decoded. */
export function sendEarlyProblem(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS)
  void sendWithoutPrefix(error, request, reply)
}

/** Answers errors as problem details, whatever handlers a host application has. */
export default fp<Pick<AppOptions, 'notFound'>>(
  async (app, { notFound = true }) => {
    const send = createSender(app.prefix.replace(/\/$/, ''))
    app.setErrorHandler<Error>(send)
    if (!notFound) return
    app.setNotFoundHandler((request, reply) => {
      const message = `There is no ${request.method} ${request.url.split('?')[0]}; see the API documentation.`
      return send(app.httpErrors.notFound(message), request, reply)
    })
  },
  { name: 'carillon-errors', dependencies: ['@fastify/sensible'] }
)
