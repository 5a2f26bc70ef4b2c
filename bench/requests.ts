/** A request whose answer by the service is measured beside the same one by plain Fastify. */
export interface MeasuredRequest {
  method: 'GET' | 'POST'
  path: string
  /** JSON. */
  body?: string
  /** At a time. */
  connections: number
  /** Of the ratio to plain Fastify. */
  aim?: string
  /** No two answers are the same: they tell of the process itself, or of what was written. */
  varies?: boolean
}

const JOB = { name: 'Report', schedule: '0 9 * * 1', params: { user: 1 } }

/** Those that write come last, as what they write is read by the others. */
export const REQUESTS: readonly MeasuredRequest[] = [
  { method: 'GET', path: '/jobs/1', connections: 32, aim: '≥ 0.90' },
  { method: 'GET', path: '/jobs', connections: 32, aim: '≥ 0.90' },
  // Scraped by one or two servers, and by none of them twice at once.
  { method: 'GET', path: '/metrics', connections: 1, varies: true },
  { method: 'POST', path: '/jobs', body: JSON.stringify(JOB), connections: 32, varies: true }
]

export const HEADERS = { 'content-type': 'application/json' }

/** One answer of a server, as `fetch` gives it. */
export function send(origin: string, { method, path, body }: MeasuredRequest): Promise<Response> {
  return fetch(origin + path, body === undefined ? { method } : { method, body, headers: HEADERS })
}
