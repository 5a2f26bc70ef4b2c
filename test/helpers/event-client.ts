import { get, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { Test } from 'tap'
import { until } from './until.ts'

/** An event as a browser takes it from the stream. */
export interface ReceivedEvent {
  id: string
  event: string
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever was sent; the tests say what it is to be
  data: any
}

/** A client of `GET /events` over a real socket. */
export interface EventClient {
  status: number
  headers: IncomingHttpHeaders
  /** What came so far, as it came. */
  text(): string
  events(): ReceivedEvent[]
  /** Waits for an event of this name. */
  next(name: string): Promise<ReceivedEvent>
  /** Waits until the server has ended it; says whether in good order. */
  ended: Promise<'end' | 'cut'>
  response: IncomingMessage
  close(): void
}

/** Opens the stream at a URL. It is closed when the test ends. */
export async function openEvents(
  t: Test,
  url: string,
  headers: Record<string, string> = {}
): Promise<EventClient> {
  let request: ClientRequest | undefined
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request = get(url, { headers, agent: false }, resolve).once('error', reject)
  })
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
  })
  const ended = new Promise<'end' | 'cut'>((resolve) => {
    response.once('close', () => resolve(response.complete ? 'end' : 'cut'))
    response.once('error', () => undefined)
  })
  const close = (): void => void request?.destroy()
  t.teardown(close)
  const events = () => parseEvents(text)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    events,
    next: (name) => until(`event ${name}`, async () => events().find((one) => one.event === name)),
    ended,
    response,
    close
  }
}

/** The events of a stream, by the rules of WHATWG HTML, 9.2.6; one that is not whole is left out. */
export function parseEvents(text: string): ReceivedEvent[] {
  let id = ''
  return text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((block) => {
      const fields = new Map(
        block.split('\n').map((line) => {
          const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
          return [name, value] as const
        })
      )
      id = fields.get('id') ?? id
      const data = fields.get('data')
      if (data === undefined) return []
      return [{ id, event: fields.get('event') ?? 'message', data: JSON.parse(data) }]
    })
}
