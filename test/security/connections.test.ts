/** What clients do below HTTP, or to it; on real sockets. */
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import app from '../../app.ts'
import { sendEarlyProblem } from '../../plugins/errors.ts'
import { limitConnections, serverLimits, type Timeouts } from '../../plugins/server-limits.ts'
import { parseConfig } from '../../src/config.ts'

/** The real ones, a hundredth of their length. */
const SHORT: Timeouts = { headers: 200, request: 300, idle: 100, checks: 10 }

interface Listening {
  server: FastifyInstance
  port: number
  lines: readonly { level: number; msg: string }[]
  /** Connects, and sends this. */
  open(text?: string): Socket
  /** Sends this, and gives what comes back until the connection ends. */
  send(text: string): Promise<string>
}

/** The service as it listens. */
async function startListening(t: Test, timeouts?: Timeouts): Promise<Listening> {
  const lines: { level: number; msg: string }[] = []
  const config = parseConfig({ database: 'sqlite::memory:' })
  const server = Fastify({
    ...serverLimits(config, timeouts),
    logger: { stream: { write: (line: string) => lines.push(JSON.parse(line)) } },
    frameworkErrors: sendEarlyProblem
  })
  limitConnections(server)
  await app(server, { config, isService: true })
  t.teardown(() => server.close())
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  const open = (text = ''): Socket => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.on('error', () => undefined)
    socket.write(text)
    return socket
  }
  return { server, port, lines, open, send: (text) => answerOn(open(text)) }
}

/** All that comes on a connection until it ends. */
async function answerOn(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  // A connection that the other side ended fails on both sides; what came before counts.
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

/** The statuses of all answers in a text. */
const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

/** The body of the only answer in a text. */
const bodyIn = (text: string): unknown => JSON.parse(text.split('\r\n\r\n')[1] ?? '')

/** A request for a path, in full. */
const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n')

test('500 clients that send byte after byte are cut off, and others are served meanwhile', async (t) => {
  const { open, port } = await startListening(t, SHORT)
  const slow = Array.from({ length: 500 }, () => open('GET /jobs HTTP/1.1\r\nX-Slow: '))
  const drip = setInterval(() => slow.forEach((socket) => socket.write('x')), 20)
  t.teardown(() => clearInterval(drip))
  const answers = Promise.all(slow.map(answerOn))
  let isOver = false
  void answers.finally(() => {
    isOver = true
  })
  do {
    const { status } = await fetch(`http://127.0.0.1:${port}/jobs`)
    if (status !== 200) t.equal(status, 200)
  } while (!isOver)
  const cut = (await answers).filter((answer) => answer !== '')
  t.ok(cut.length > 0, 'who reads is told why')
  for (const answer of cut) if (!answer.startsWith('HTTP/1.1 408 ')) t.fail(answer)
  t.match(bodyIn(cut[0] ?? ''), { status: 408, code: 'request_timeout' })
})

test('half a body and a connection that says nothing are waited for no longer than that', async (t) => {
  const { open } = await startListening(t, SHORT)
  const half = open(
    `${get('/jobs', 'Content-Type: application/json', 'Content-Length: 100').replace('GET', 'POST')}{"name"`
  )
  t.strictSame(statusesIn(await answerOn(half)), [408])
  t.strictSame(statusesIn(await answerOn(open())), [408])
  t.strictSame(statusesIn(await answerOn(open(get('/livez')))), [200], 'idle afterwards')
})

test('connections beyond the limit are closed at once, and the log says so once', async (t) => {
  const { server, open, lines } = await startListening(t)
  t.equal(server.server.maxConnections, 5_000)
  server.server.maxConnections = 2
  const served = async (socket: Socket) => {
    socket.write(get('/livez'))
    const [chunk] = await once(socket, 'data')
    return String(chunk).startsWith('HTTP/1.1 200')
  }
  const first = open()
  t.ok(await served(first))
  t.ok(await served(open()))
  for (const _ of [1, 2, 3]) t.equal(await answerOn(open(get('/livez'))), '')
  const told = lines.filter(({ msg }) => msg.startsWith('Connections are refused'))
  t.match(told, [{ level: 40 }])
  t.equal(told.length, 1)
  first.destroy()
  await once(first, 'close')
  // The server hears of the end a moment later.
  let next = open()
  while ((await Promise.race([served(next), answerOn(next)])) !== true) next = open()
})

/** Requests that two readers may take for different ones, each followed by a second request. */
const AMBIGUOUS: Readonly<Record<string, string[]>> = {
  'a length and chunks': ['Content-Length: 6', 'Transfer-Encoding: chunked'],
  'chunks and a length': ['Transfer-Encoding: chunked', 'Content-Length: 6'],
  'two lengths': ['Content-Length: 0', 'Content-Length: 6'],
  'a list of lengths': ['Content-Length: 0, 6'],
  'a length with a sign': ['Content-Length: +6'],
  'a length in hexadecimal': ['Content-Length: 0x6'],
  'a coding that is not the last': ['Transfer-Encoding: chunked, identity'],
  'an unknown coding': ['Transfer-Encoding: xchunked'],
  'a space before the colon': ['Transfer-Encoding : chunked'],
  'a folded header': ['Transfer-Encoding:', ' chunked', 'Content-Length: 6'],
  'a bare line feed': ['X-One: 1\nTransfer-Encoding: chunked', 'Content-Length: 6'],
  'a NUL in a header': ['X-One: a\0b'],
  'a second host': ['Host: evil.example']
}

test('what two readers may take for different requests is refused, and nothing after it is read', async (t) => {
  const { send } = await startListening(t, SHORT)
  for (const [what, headers] of Object.entries(AMBIGUOUS)) {
    const head = get('/jobs', 'Content-Type: application/json', ...headers).replace('GET', 'POST')
    const answer = await send(`${head}0\r\n\r\n${get('/livez')}`)
    t.strictSame(statusesIn(answer), [400], what)
    t.match(bodyIn(answer), { status: 400, code: 'bad_request', type: '/problems/bad_request' })
  }
})

test('what is no HTTP is answered as a problem, with the headers of every other answer', async (t) => {
  const { send } = await startListening(t)
  const broken: [text: string, status: number, code: string][] = [
    ['\x16\x03\x01\x02\x00\x01\x00', 400, 'bad_request'],
    ['SSH-2.0-client\r\n\r\n', 400, 'bad_request'],
    ['GET /jobs HTTP/1.1\r\n\r\n', 400, 'bad_request'],
    [get('/jobs', `X-Long: ${'x'.repeat(17 * 1024)}`), 431, 'headers_too_large'],
    [get(`/${'x'.repeat(17 * 1024)}`), 431, 'headers_too_large']
  ]
  for (const [text, status, code] of broken) {
    const answer = await send(text)
    const what = JSON.stringify(text.slice(0, 40))
    t.strictSame(statusesIn(answer), [status], what)
    if (!answer.includes('problem+json')) continue
    t.match(bodyIn(answer), { status, code, title: String, detail: String, request_id: String })
    t.match(answer, /^x-content-type-options: nosniff\r$/im, what)
    t.match(answer, /^connection: close\r$/im, what)
  }
})

test('the name of a whole URL in the request line counts like that in Host', async (t) => {
  const { send } = await startListening(t)
  const to = (target: string, host: string) =>
    send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  for (const target of ['/jobs', '//localhost/jobs', '*']) {
    t.strictSame(statusesIn(await to(target, 'evil.example')), [421], target)
  }
  t.strictSame(statusesIn(await to('http://evil.example/jobs', 'localhost')), [421])
  for (const target of ['http://localhost/jobs', '/jobs']) {
    t.strictSame(statusesIn(await to(target, 'localhost')), [200], target)
  }
})
