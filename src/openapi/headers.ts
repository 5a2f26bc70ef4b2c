const text = (description: string) => ({ description, schema: { type: 'string' } })

/** Headers of answers, by name. */
const ANSWER_HEADERS = {
  Location: text('Where what was created is.'),
  ETag: text('What `If-Match` and `If-None-Match` take.'),
  Link: text('The next page, `rel="next"`, relative to this one (RFC 8288).'),
  'X-Total-Count': {
    description: 'The number on all pages, if `count` asked for it.',
    schema: { type: 'integer' }
  },
  'Idempotency-Replayed': text('`true` where this was answered before.'),
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
  RateLimit: text('How many requests are left, and for how many seconds (IETF draft).'),
  'RateLimit-Policy': text('How many requests there may be in how many seconds (IETF draft).'),
  'WWW-Authenticate': text('How to send the key.')
} as const
type AnswerHeader = keyof typeof ANSWER_HEADERS

/** Which operations answer with which headers when they succeed. */
const HEADERS_OF: Readonly<Record<string, readonly AnswerHeader[]>> = {
  create_job: ['Location', 'ETag'],
  get_job: ['ETag'],
  list_jobs: ['ETag', 'Link', 'X-Total-Count'],
  update_job: ['ETag'],
  replace_job: ['ETag'],
  put_job: ['Location', 'ETag'],
  run_job: ['Location'],
  create_key: ['Location'],
  list_keys: ['Link'],
  list_runs: ['Link'],
  list_job_runs: ['Link'],
  list_job_changes: ['Link'],
  list_changes: ['Link']
}

/** The headers that an answer may carry; none of them always does. */
export function answerHeaders({ operation, method, status }: AnswerPlace): object {
  const names: AnswerHeader[] = []
  if (status < 400) names.push(...(HEADERS_OF[operation] ?? []))
  if (status < 300 && isRepeatable(operation, method)) names.push('Idempotency-Replayed')
  if (status === 401) names.push('WWW-Authenticate')
  if (status === 429) names.push('Retry-After', 'RateLimit', 'RateLimit-Policy')
  if (status === 503 && operation !== 'readyz') names.push('Retry-After')
  return Object.fromEntries(names.map((name) => [name, ANSWER_HEADERS[name]]))
}

/** A POST that can be sent again, by a key of its own; see plugins/idempotency.ts. */
function isRepeatable(operation: string, method: string): boolean {
  return method === 'post' && !WITHOUT_KEY.has(operation)
}

/** One answers with a secret; the others may be sent again as they are. */
const WITHOUT_KEY = new Set(['create_key', 'pause_scheduling', 'resume_scheduling', 'prune'])

export interface AnswerPlace {
  operation: string
  method: string
  status: number
}

const parameter = (name: string, description: string) => ({
  in: 'header',
  name,
  description,
  required: false,
  schema: { type: 'string' }
})

const CONDITIONAL_WRITES = new Set(['update_job', 'replace_job', 'put_job', 'delete_job'])
const CONDITIONAL_READS = new Set(['get_job', 'list_jobs'])

/** The headers that requests of an operation may carry, besides that with the key. */
export function requestHeaders(operation: string, method: string): object[] {
  const headers: object[] = []
  if (isRepeatable(operation, method)) {
    headers.push(
      parameter('Idempotency-Key', 'Of your making; with it, the request is carried out once.')
    )
  }
  if (CONDITIONAL_WRITES.has(operation)) {
    headers.push(parameter('If-Match', 'Refuse the change if the job has another version.'))
  }
  if (CONDITIONAL_READS.has(operation)) {
    headers.push(parameter('If-None-Match', 'Answer 304 if nothing has changed.'))
  }
  if (operation === 'follow_events') {
    headers.push(parameter('Last-Event-ID', 'Go on after this event.'))
  }
  return headers
}
