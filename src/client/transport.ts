import { ConnectionError, problemOf } from './errors.ts'
import { isTemporary, pause, waitBefore } from './retrying.ts'

/** How a client reaches its service. */
export interface TransportOptions {
  /** Where the service answers, with the prefix if it has one. */
  url: string
  apiKey: string | null
  /** In place of the global one. */
  fetch: typeof fetch
  /** Further tries of a request that was not answered, or only that it may be tried again. */
  retries: number
  /** How long one try may take, in milliseconds. */
  timeoutMs: number
}

/** What a caller may set for one request. */
export interface CallOptions {
  signal?: AbortSignal
  /** Of a POST, to be sent again by another process; one is made for each call otherwise. */
  idempotencyKey?: string
}

export interface Call extends CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the URL of the service, such as "jobs/1". */
  path: string
  /** What is undefined is left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** For what the service cannot answer again: it carries no idempotency key. */
  isSentOnce?: boolean
  /** How much longer than others it may take, in milliseconds. */
  extraMs?: number
  /** Whether the answer may take as long as it likes. */
  isStream?: boolean
  /** Statuses that are answers too, beside 2xx. */
  accept?: readonly number[]
}

export interface Transport {
  /** The answer, whose status is 2xx or accepted. @throws ProblemError, ConnectionError */
  send(call: Call): Promise<Response>
  /** Its body. */
  json<Body>(call: Call): Promise<Body>
}

export function createTransport(options: TransportOptions): Transport {
  const base = baseOf(options.url)

  const send = async (call: Call): Promise<Response> => {
    const url = addressOf(base, call)
    const request = requestOf(options, call)
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOnce(url, { options, call, request })
      const isLast = call.isSentOnce === true || attempt > options.retries
      if (outcome instanceof Response) {
        if (outcome.ok || call.accept?.includes(outcome.status) === true) return outcome
        if (isLast || !isTemporary(outcome.status)) throw await problemOf(outcome, url)
        await outcome.body?.cancel()
      } else if (isLast) throw outcome
      const retryAfter = outcome instanceof Response ? outcome.headers.get('retry-after') : null
      await pause(waitBefore(attempt, retryAfter), call.signal)
    }
  }
  return {
    send,
    json: async (call) => bodyOf(await send(call))
  }
}

/** The JSON of an answer. The service is trusted to send what its schemas say. */
export async function bodyOf<Body>(response: Response): Promise<Body> {
  return JSON.parse(await response.text())
}

/** A slash at the end, so that paths are below it and not beside it. */
function baseOf(url: string): string {
  if (URL.canParse(url)) return url.replace(/\/*$/, '/')
  throw new TypeError(
    `"url" is ${JSON.stringify(url)}, but must be a whole URL such as "http://localhost:8080".`
  )
}

function addressOf(base: string, { path, query = {} }: Call): URL {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function requestOf({ apiKey }: TransportOptions, call: Call): RequestInit {
  const { method = 'GET', body, idempotencyKey, isSentOnce = false } = call
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers }
  if (apiKey !== null) headers['authorization'] = `Bearer ${apiKey}`
  // What makes it safe to send a POST again that was perhaps carried out.
  if (method === 'POST' && !isSentOnce) {
    headers['idempotency-key'] = idempotencyKey ?? uniqueKey()
  }
  if (body === undefined) return { method, headers }
  headers['content-type'] = 'application/json'
  return { method, headers, body: JSON.stringify(body) }
}

/** Of 128 random bits. `crypto.randomUUID` is missing on pages that came over plain HTTP. */
function uniqueKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

interface Try {
  options: TransportOptions
  call: Call
  request: RequestInit
}

/** The answer, or what kept it from coming. @throws the reason of the caller's signal */
async function tryOnce(
  url: URL,
  { options, call, request }: Try
): Promise<Response | ConnectionError> {
  // Browsers refuse to be called as a method of anything but the window.
  const { fetch } = options
  const timeoutMs = options.timeoutMs + (call.extraMs ?? 0)
  const signals = call.signal === undefined ? [] : [call.signal]
  if (call.isStream !== true) signals.push(AbortSignal.timeout(timeoutMs))
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.any(signals) })
    return call.isStream === true ? response : await inFull(response)
  } catch (cause) {
    if (call.signal?.aborted === true) throw call.signal.reason
    return new ConnectionError(sentence(url, { cause, timeoutMs }), { cause })
  }
}

/** The same with all of its body: one that breaks off half-way is no answer. */
async function inFull(response: Response): Promise<Response> {
  const { status, statusText, headers } = response
  const text = await response.text()
  return new Response(text === '' ? null : text, { status, statusText, headers })
}

function sentence(url: URL, { cause, timeoutMs }: { cause: unknown; timeoutMs: number }): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return `${url.origin} did not answer within ${timeoutMs / 1_000} s.`
  }
  const inner: unknown = cause instanceof Error ? (cause.cause ?? cause) : cause
  const said = inner instanceof Error ? inner.message || inner.name : String(inner)
  return `${url.origin} could not be reached (${said}); is the service running there?`
}
