import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** One request that the sink got, its body read to the end. */
export interface SinkRequest {
  method: string
  /** Path and query. */
  url: string
  /** Names and values in turn, as they came: it shows what was sent twice. */
  rawHeaders: readonly string[]
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
  /** Epoch milliseconds. */
  arrivedAt: number
  /** The sender's port: the same for two requests on one connection. */
  remotePort: number
}

/** A fixed answer, or a function that does as it likes with the response and its socket. */
export type SinkAnswer =
  | { status?: number; headers?: Record<string, string>; body?: string | Buffer }
  | ((response: ServerResponse, request: SinkRequest) => void)

/** A real HTTP server on the loopback that does what a test tells it. */
export interface Sink {
  /** Origin, without a slash at the end. */
  url: string
  /** All so far, in order of arrival. */
  requests: readonly SinkRequest[]
  /** The answers to come: each is used once, the last one for all that follow. */
  respondWith: (...answers: [SinkAnswer, ...SinkAnswer[]]) => void
  /** The next request that no earlier call was given; waits for it when it has not come yet. */
  next: () => Promise<SinkRequest>
  openSockets: () => number
  /** Resolves when no socket is open. */
  disconnected: () => Promise<void>
  close: () => Promise<void>
}

/** An answer that never comes. */
export const SILENCE: SinkAnswer = () => {}

/** A sink that is closed when the test ends. */
export async function createSink(t: Test): Promise<Sink> {
  const sink = await startSink()
  t.teardown(() => sink.close())
  return sink
}

/** Answers 200 with "ok" until told otherwise. Close it at the end of the test. */
export async function startSink(): Promise<Sink> {
  const requests: SinkRequest[] = []
  const sockets = new Set<Socket>()
  const waiters = new Set<() => void>()
  let answers: SinkAnswer[] = [{ body: 'ok' }]
  let given = 0

  const changed = (): void => {
    for (const wake of waiters) wake()
    waiters.clear()
  }
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => waiters.add(resolve))
  }

  const server = createServer((message, response) => {
    void serve(message, response)
  })
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await receive(message)
    if (request === null) return
    requests.push(request)
    changed()
    answer(response, request)
  }
  const answer = (response: ServerResponse, request: SinkRequest): void => {
    const [current = {}] = answers
    if (answers.length > 1) answers = answers.slice(1)
    if (typeof current === 'function') current(response, request)
    else response.writeHead(current.status ?? 200, current.headers ?? {}).end(current.body)
  }
  // Only the other side closes connections, so that a test which waits for it cannot pass by itself.
  server.keepAliveTimeout = 0
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      changed()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    respondWith: (...next) => {
      answers = next
    },
    next: async () => {
      const index = given++
      await until(() => requests.length > index)
      return requests[index] as SinkRequest
    },
    openSockets: () => sockets.size,
    disconnected: () => until(() => sockets.size === 0),
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await until(() => sockets.size === 0)
    }
  }
}

/** Null when the sender goes away in the middle of its request: that shows as a closed socket. */
async function receive(message: IncomingMessage): Promise<SinkRequest | null> {
  const { method = '', url = '', headers, rawHeaders, socket } = message
  const { remotePort = 0 } = socket
  try {
    const body = await text(message)
    return { method, url, headers, rawHeaders, body, arrivedAt: Date.now(), remotePort }
  } catch {
    return null
  }
}
