import { Dispatcher } from 'undici'
import type { Clock } from '../../src/domain/clock.ts'

/** What is answered to a request, and after how long. */
export interface Answer {
  status: number
  body: string
  takesMs: number
}

/** What is asked for: enough to decide on an answer. */
export interface Question {
  url: string
  jobId: number
}

/** Answers the requests of targets in the time of a clock that is moved by hand, without a network. */
export class Answering extends Dispatcher {
  readonly #clock: Clock
  readonly #answer: (question: Question) => Answer

  constructor(clock: Clock, answer: (question: Question) => Answer) {
    super()
    this.#clock = clock
    this.#answer = answer
  }

  override dispatch(
    { origin = '', path, headers }: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler
  ): boolean {
    const flat = Array.isArray(headers) ? headers.map(String) : []
    const named = flat.findIndex((name) => name.toLowerCase() === 'carillon-job-id')
    const { status, body, takesMs } = this.#answer({
      url: String(origin) + path,
      jobId: Number(flat[named + 1])
    })
    const request = new Request()
    handler.onRequestStart?.(request, {})
    const cancel = this.#clock.setTimer(() => {
      const said = { 'content-type': 'application/json', server: 'acme' }
      handler.onResponseStart?.(request, status, said, undefined)
      if (body !== '') handler.onResponseData?.(request, Buffer.from(body))
      handler.onResponseEnd?.(request, {})
    }, takesMs)
    request.onAbort = (reason) => {
      cancel()
      handler.onResponseError?.(request, reason)
    }
    return true
  }
}

/** A request that can be given up. */
class Request implements Dispatcher.DispatchController {
  aborted = false
  readonly paused = false
  reason: Error | null = null
  readonly rawHeaders = []
  onAbort: (reason: Error) => void = () => undefined

  abort(reason: Error): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.onAbort(reason)
  }

  pause(): void {}
  resume(): void {}
}
