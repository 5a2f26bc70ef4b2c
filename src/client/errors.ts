import type { Fault } from '../domain/errors.ts'

/** What a service says of a request that it refused (RFC 9457). */
export interface Problem {
  status: number
  title: string
  detail: string
  /** Stable; branch on it. */
  code: string
  request_id?: string
  errors?: readonly Fault[]
}

/** A request that was answered, and refused. The message is the service's own sentence. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: number
  readonly code: string
  /** Each fault of the input, with a JSON pointer. */
  readonly errors: readonly Fault[]
  readonly request_id: string | undefined
  /** What else the service told, such as the `run_id` that is in the way. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(problem: Problem) {
    super(problem.detail)
    this.status = problem.status
    this.code = problem.code
    this.errors = problem.errors ?? []
    this.request_id = problem.request_id
    this.problem = { ...problem }
  }
}

/** A request that got no answer; whether it was carried out is not known. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** What an answer other than 2xx says, whoever sent it: a proxy in between may answer, too. */
export async function problemOf(response: Response, url: URL): Promise<ProblemError> {
  const text = await response.text()
  const said = parseProblem(text)
  if (said !== null) return new ProblemError(said)
  const { status, statusText } = response
  const detail = `${url.href} answered ${status} ${statusText}, but not as this service does; is something else at that address?`
  return new ProblemError({ status, title: statusText, detail, code: 'unknown_answer' })
}

function parseProblem(text: string): Problem | null {
  try {
    const value: unknown = JSON.parse(text)
    return isProblem(value) ? value : null
  } catch {
    return null
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false
  return 'code' in value && 'detail' in value && 'status' in value
}
