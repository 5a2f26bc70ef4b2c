import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, Socket, type AddressInfo, type Server } from 'node:net'
import { test, type Test } from 'tap'
import { buildConnector } from 'undici'
import { startPerformer } from '../../helpers/http-performer.ts'
import { SILENCE } from '../../helpers/sink.ts'

const REASON = new Error('the deadline')

/** A server that takes connections and leaves the rest to the test. */
async function listen(t: Test): Promise<{ server: Server; port: number }> {
  const server = createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { server, port: (server.address() as AddressInfo).port }
}

async function nextSocket(server: Server): Promise<Socket> {
  const [socket] = await once(server, 'connection')
  if (!(socket instanceof Socket)) throw new Error('That was no socket.')
  socket.on('error', () => {})
  return socket
}

test('a signal that fired before sends nothing', async (t) => {
  const { sink, perform } = await startPerformer(t)
  await t.rejects(perform({ signal: AbortSignal.abort(REASON) }), REASON)
  t.match(await perform({ params: 'second' }), { kind: 'succeeded' })
  t.same(
    sink.requests.map(({ body }) => body),
    ['"second"']
  )
})

test('an abort during the TLS handshake ends the socket', async (t) => {
  const { perform } = await startPerformer(t)
  const { server, port } = await listen(t)
  const deadline = new AbortController()
  const attempt = perform({ url: `https://127.0.0.1:${port}`, signal: deadline.signal })
  const socket = await nextSocket(server)
  deadline.abort(REASON)
  await t.rejects(attempt, REASON)
  socket.resume()
  await once(socket, 'close')
})

test('an abort while connecting destroys the socket and frees its place at once', async (t) => {
  const stuck = new Socket()
  const connect = buildConnector({})
  let first = true
  const { perform } = await startPerformer(t, {
    maxConnectionsPerOrigin: 1,
    connector: () => (options, callback) => {
      if (!first) return connect(options, callback)
      first = false
      stuck.once('error', (error) => callback(error, null))
      return stuck
    }
  })
  const deadline = new AbortController()
  const attempt = perform({ signal: deadline.signal })
  const waiting = perform()
  deadline.abort(REASON)
  t.equal(stuck.destroyed, true)
  await t.rejects(attempt, REASON)
  t.match(await waiting, { kind: 'succeeded' })
})

test('an abort while waiting for a free connection takes the request back', async (t) => {
  const { sink, perform } = await startPerformer(t, { maxConnectionsPerOrigin: 1 })
  let release: ServerResponse | undefined
  sink.respondWith(
    (response) => {
      release = response
    },
    { body: 'ok' }
  )
  const holder = perform({ params: 1 })
  await sink.next()
  const deadline = new AbortController()
  const waiting = perform({ params: 2, signal: deadline.signal })
  const behind = perform({ params: 3 })
  deadline.abort(REASON)
  await t.rejects(waiting, REASON)
  release?.end()
  t.match(await holder, { kind: 'succeeded' })
  t.match(await behind, { kind: 'succeeded' })
  t.same(
    sink.requests.map(({ body }) => body),
    ['1', '3']
  )
  t.equal(sink.requests[0]?.remotePort, sink.requests[1]?.remotePort)
})

test('an abort while the body is being sent ends the socket', async (t) => {
  const { perform } = await startPerformer(t)
  const { server, port } = await listen(t)
  const deadline = new AbortController()
  const body = 'a'.repeat(32 * 2 ** 20)
  const attempt = perform({ url: `http://127.0.0.1:${port}`, body, signal: deadline.signal })
  const socket = await nextSocket(server)
  socket.resume()
  await once(socket, 'data')
  socket.pause()
  deadline.abort(REASON)
  await t.rejects(attempt, REASON)
  socket.resume()
  await once(socket, 'close')
  t.ok(socket.bytesRead < body.length)
})

const drip = (response: ServerResponse, text: string): void => {
  response.write(text, () => setImmediate(() => response.destroyed || drip(response, text)))
}

const STAGES = {
  'while the server is silent': SILENCE,
  'while headers drip in': (response: ServerResponse) => {
    const { socket } = response
    const more = (): void =>
      void (socket?.destroyed === false && socket.write('a', () => setImmediate(more)))
    socket?.write('HTTP/1.1 200 OK\r\nx-', more)
  },
  'while a body drips in': (response: ServerResponse) => drip(response, 'a'),
  'while a refused body drips in': (response: ServerResponse) => drip(response.writeHead(503), 'a'),
  'while interim responses drip in': (response: ServerResponse) => {
    const more = (): void =>
      void (response.destroyed || response.writeProcessing(() => setImmediate(more)))
    more()
  }
}

for (const [stage, answer] of Object.entries(STAGES)) {
  test(`an abort ${stage} ends the socket, and the server sees it`, async (t) => {
    const { sink, perform } = await startPerformer(t)
    sink.respondWith(answer)
    const deadline = new AbortController()
    const attempt = perform({ signal: deadline.signal })
    await sink.next()
    await turns(5)
    deadline.abort(REASON)
    await t.rejects(attempt, REASON)
    await sink.disconnected()
  })
}

/** Lets some of the drops arrive; the promise holds however many do. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('an abort after the answer changes nothing', async (t) => {
  const { sink, perform } = await startPerformer(t, { maxConnectionsPerOrigin: 1 })
  const deadline = new AbortController()
  t.match(await perform({ signal: deadline.signal }), { kind: 'succeeded' })
  deadline.abort(REASON)
  t.match(await perform(), { kind: 'succeeded' })
  t.equal(sink.requests[0]?.remotePort, sink.requests[1]?.remotePort)
})

test('closing ends an attempt that is still connecting', async (t) => {
  const { http, perform } = await startPerformer(t)
  const { server, port } = await listen(t)
  const attempt = perform({ url: `https://127.0.0.1:${port}` })
  const socket = await nextSocket(server)
  await http.close()
  t.match(await attempt, { kind: 'failed', error: { code: 'network' } })
  socket.resume()
  await once(socket, 'close')
})
