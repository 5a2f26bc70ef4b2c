import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const SLOW_MS = 2_500

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
}

/** How receivers behave, good ones and bad ones. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  '/ok': (_request, response) => end(response, 200, 'done'),
  '/slow': (_request, response) => void setTimeout(() => end(response, 200, 'done'), SLOW_MS),
  '/flaky': (_request, response) =>
    Math.random() < 0.4 ? end(response, 503, 'not now') : end(response, 200, 'done'),
  '/broken': (_request, response) => end(response, 500, 'the disk is full'),
  '/busy': (request, response) => {
    const isFirst = request.headers['carillon-attempt'] === '1'
    if (isFirst) response.setHeader('retry-after', '2')
    end(response, isFirst ? 429 : 200, isFirst ? 'too many' : 'done')
  },
  '/gone': (_request, response) => end(response, 410, 'moved away'),
  '/silent': () => undefined
}

/** A receiver on this machine for the jobs of the demo; it does not keep the process going. */
export async function startTarget(): Promise<string> {
  const server = createServer((request, response) => {
    const answer = ANSWERS[request.url ?? ''] ?? ANSWERS['/ok']
    request.resume()
    answer?.(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://127.0.0.1:${port}`
}
