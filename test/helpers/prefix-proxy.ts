import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'

/** Stands before a service, and shows it in a folder that the service does not know of. */
export interface PrefixProxy {
  /** Where the service is for those outside, without a slash at the end. */
  url: string
  /** What was asked for that is not in the folder, and never reached the service. */
  strays: readonly string[]
  /** Ends every connection there is. */
  cut(): void
}

/** A proxy that takes `prefix` off, and passes on all else as it is; it is closed when the test ends. */
export async function createPrefixProxy(
  t: Test,
  target: string,
  prefix: string
): Promise<PrefixProxy> {
  const strays: string[] = []
  const sockets = new Set<Socket>()
  const pass = (message: IncomingMessage, response: ServerResponse): void => {
    const { url = '', method = 'GET', headers } = message
    if (!url.startsWith(`${prefix}/`)) {
      strays.push(url)
      response.writeHead(404).end('This is not in the folder.')
      return
    }
    const onward = ask(target + url.slice(prefix.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      // A stream of events may say nothing for a while.
      response.flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    message.pipe(onward)
  }
  const server = createServer(pass)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    cut()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}${prefix}`, strays, cut }
}
