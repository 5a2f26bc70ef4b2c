import { Dispatcher } from 'undici'

/** A request that an `http` target would have sent. */
export interface CapturedWebhook {
  url: string
  method: string
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** As it would have gone out; null without one. */
  body: string | null
  /** Of the header `Carillon-Run-Id`; 0 where a target was tried, without a run. */
  run_id: number
}

/** What is answered to a captured request. */
export interface WebhookAnswer {
  status?: number
  headers?: Readonly<Record<string, string>>
  body?: string
}

/** Requests of `http` targets, kept instead of sent. */
export interface Webhooks {
  /** All so far, in order. */
  readonly requests: readonly CapturedWebhook[]
  /** Decides what is answered from now on; before, everything is answered 200. */
  answer(decide: (request: CapturedWebhook) => WebhookAnswer): void
  /** For the scheduler, in place of connections. */
  readonly dispatcher: Dispatcher
}

/** Captures what targets send: it is the very request, up to the connection that is not made. */
export function captureWebhooks(): Webhooks {
  const requests: CapturedWebhook[] = []
  let decide: (request: CapturedWebhook) => WebhookAnswer = () => ({})
  const dispatcher = new CapturingDispatcher((request) => {
    requests.push(request)
    return decide(request)
  })
  return {
    requests,
    dispatcher,
    answer: (next) => {
      decide = next
    }
  }
}

class CapturingDispatcher extends Dispatcher {
  readonly #answer: (request: CapturedWebhook) => WebhookAnswer

  constructor(answer: (request: CapturedWebhook) => WebhookAnswer) {
    super()
    this.#answer = answer
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler
  ): boolean {
    const controller = new NoConnection()
    const { status = 200, headers = {}, body = '' } = this.#answer(webhookOf(options))
    handler.onRequestStart?.(controller, {})
    handler.onResponseStart?.(controller, status, { ...headers }, undefined)
    if (body !== '') handler.onResponseData?.(controller, Buffer.from(body))
    handler.onResponseEnd?.(controller, {})
    return true
  }
}

/** There is nothing to hold back, and nothing to break off. */
class NoConnection implements Dispatcher.DispatchController {
  readonly aborted = false
  readonly paused = false
  readonly reason = null
  readonly rawHeaders = []
  readonly rawTrailers = []
  abort(): void {}
  pause(): void {}
  resume(): void {}
}

function webhookOf(options: Dispatcher.DispatchOptions): CapturedWebhook {
  const { origin = '', path, method, body } = options
  const headers = headersOf(options.headers)
  return {
    url: String(origin) + path,
    method,
    headers,
    body: typeof body === 'string' ? body : null,
    run_id: Number(headers['carillon-run-id'] ?? 0)
  }
}

/** Names and values in turn, as requests have them here. */
function headersOf(flat: Dispatcher.DispatchOptions['headers']): Record<string, string> {
  const list = Array.isArray(flat) ? flat.map(String) : []
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < list.length; index += 2) {
    headers[list[index]?.toLowerCase() ?? ''] = list[index + 1] ?? ''
  }
  return headers
}
