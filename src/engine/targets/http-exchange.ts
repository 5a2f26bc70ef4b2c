import type { Dispatcher } from 'undici'
import type { GivenHeaders } from '../../domain/http-response.ts'
import { BoundedText } from './bounded-text.ts'

/** What is kept of the answer to one request. */
export interface HttpAnswer {
  status: number
  contentType: string | null
  retryAfter: string | null
  headers: GivenHeaders
  /** From sending the request to the headers, in milliseconds. */
  headersMs: number
  /** At most 64 KiB, as UTF-8 whatever the server called it. */
  body: string
  /** There was more of the body than is here. */
  truncated: boolean
  /** What ended the connection in the middle of the body; null when nothing did. */
  brokenBy: Error | null
}

type Controller = Dispatcher.DispatchController

/**
 * One request and its answer. It is a dispatch handler and not `undici.request`, because that hands
 * out a stream per response, buffers what nobody reads, and, given an abort while the connection is
 * being made, stays pending until the connection is there.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #outcome = Promise.withResolvers<HttpAnswer>()
  readonly #body = new BoundedText()
  readonly #now: () => number
  readonly #begunAt: number
  #head: Omit<HttpAnswer, 'body' | 'truncated' | 'brokenBy'> | null = null
  #controller: Controller | null = null
  #stopConnecting: (() => void) | null = null
  #settled = false

  /** @param now - epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now
    this.#begunAt = now()
  }

  /** Rejects with what kept the answer from coming. */
  get answer(): Promise<HttpAnswer> {
    return this.#outcome.promise
  }

  /** Nobody waits for the answer any more: there is nothing to send. */
  get settled(): boolean {
    return this.#settled
  }

  /** Called when a connection takes this up, with what stops that connection from being made. */
  onAssigned(stopConnecting: () => void): void {
    this.#stopConnecting = stopConnecting
  }

  /** Ends it at whatever point it is; the socket is destroyed before this returns. */
  abort(): void {
    if (this.#settled) return
    const reason = new Error('The request was aborted.')
    this.#fail(reason)
    if (this.#controller === null) this.#stopConnecting?.()
    else this.#controller.abort(reason)
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('The request was aborted.'))
  }

  onResponseStart(_controller: Controller, status: number, headers: GivenHeaders): void {
    // RFC 9110 §15.2: any number of interim responses may come before the final one.
    if (status < 200) return
    this.#head = {
      status,
      contentType: first(headers['content-type']),
      retryAfter: first(headers['retry-after']),
      headers,
      // A clock can be set back.
      headersMs: Math.max(0, this.#now() - this.#begunAt)
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#body.add(chunk)) return
    this.#answer({ complete: false, brokenBy: null })
    controller.abort(new Error('The rest of the body is not wanted.'))
  }

  onResponseEnd(): void {
    this.#answer({ complete: true, brokenBy: null })
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.#head === null) this.#fail(error)
    else this.#answer({ complete: false, brokenBy: error })
  }

  #answer({ complete, brokenBy }: { complete: boolean; brokenBy: Error | null }): void {
    if (this.#settled || this.#head === null) return
    this.#settled = true
    const { text, truncated } = this.#body.read(complete)
    this.#outcome.resolve({ ...this.#head, body: text, truncated, brokenBy })
  }

  #fail(error: Error): void {
    if (this.#settled) return
    this.#settled = true
    this.#outcome.reject(error)
  }
}

/**
 * Sends one request and waits for its answer. There is no timeout of its own: the signal is the one
 * deadline, and whatever happens after it fired counts as its doing.
 * @throws the signal's reason once it is aborted, else what broke the connection
 */
export async function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal, now }: { signal: AbortSignal; now: () => number }
): Promise<HttpAnswer> {
  signal.throwIfAborted()
  const handler = new Exchange(now)
  const onAbort = (): void => handler.abort()
  signal.addEventListener('abort', onAbort)
  try {
    dispatcher.dispatch(request, handler)
    return await handler.answer
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function first(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
