import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { SECURITY_HEADERS } from './security-headers.ts'
import type { Problem } from '../src/domain/problem.ts'
import { PROBLEMS, type ProblemCode } from '../src/domain/problems.ts'

/** The most that is read of the headers of a request. */
export const MAX_HEADER_BYTES = 16 * 1024

interface Broken {
  code: ProblemCode
  detail: string
}

/** By the code of the error that Node's parser gives; whatever else it is, it is no HTTP. */
const BROKEN: Readonly<Record<string, Broken>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request_timeout',
    detail: 'The request did not arrive in time; send it again.'
  },
  HPE_HEADER_OVERFLOW: {
    code: 'headers_too_large',
    detail: `The headers are larger than ${MAX_HEADER_BYTES / 1024} KiB; send less.`
  }
}
const NO_HTTP: Broken = {
  code: 'bad_request',
  detail: 'This cannot be read as an HTTP request; send one as in RFC 9112.'
}

/** Answers what is no request for any route, and closes its connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  // Without anybody to read it, there is no answer.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  socket.end(answerOf(BROKEN[error.code ?? ''] ?? NO_HTTP), () => socket.destroy())
}

function answerOf({ code, detail }: Broken): string {
  const { status } = PROBLEMS[code]
  const title = STATUS_CODES[status] ?? 'Error'
  const type = `/problems/${code}`
  const problem: Problem = {
    type,
    title,
    status,
    detail,
    instance: '',
    code,
    request_id: randomUUID()
  }
  const body = JSON.stringify(problem)
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close'
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n')
}
