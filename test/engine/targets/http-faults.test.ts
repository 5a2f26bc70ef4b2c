import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import { test } from 'tap'
import { buildConnector } from 'undici'
import { startPerformer } from '../../helpers/http-performer.ts'
import { SELF_SIGNED } from '../../helpers/self-signed.ts'
import type { SinkAnswer } from '../../helpers/sink.ts'

const KEPT_BYTES = 65_536
const GIGABYTE = 2 ** 30
const MEGABYTE = 2 ** 20

test('of a gigabyte the beginning is kept, and the rest is neither read nor held', async (t) => {
  const { sink, perform } = await startPerformer(t)
  const chunk = Buffer.alloc(KEPT_BYTES, 'a')
  let sent = 0
  const pour = (response: ServerResponse): void => {
    while (!response.destroyed && sent < GIGABYTE) {
      sent += chunk.length
      if (!response.write(chunk)) return void response.once('drain', () => pour(response))
    }
    response.end()
  }
  sink.respondWith(pour)
  const before = process.memoryUsage().rss
  const outcome = await perform()
  const grown = process.memoryUsage().rss - before
  t.match(outcome, {
    kind: 'succeeded',
    result: { status: 200, content_type: null, body: 'a'.repeat(KEPT_BYTES), truncated: true }
  })
  await sink.disconnected()
  t.ok(sent < 64 * MEGABYTE, `${sent} bytes were sent`)
  t.ok(grown < 64 * MEGABYTE, `memory grew by ${grown} bytes`)
})

test('a packed bomb is kept as it came', async (t) => {
  const { sink, perform } = await startPerformer(t)
  const packed = gzipSync(Buffer.alloc(64 * MEGABYTE))
  const headers = { 'content-encoding': 'gzip' }
  sink.respondWith((response) => response.writeHead(200, headers).end(packed))
  const { result } = (await perform()) as { result: { body: string; truncated: boolean } }
  t.ok(packed.length < KEPT_BYTES * 2, 'small as it is sent')
  t.ok(Buffer.byteLength(result.body) <= KEPT_BYTES, 'and no larger as it is kept')
  t.equal(result.body.charCodeAt(0), 0x1f, 'the mark of gzip')
})

test('a body of exactly 64 KiB is whole, and its connection is used again', async (t) => {
  const { sink, perform } = await startPerformer(t, { maxConnectionsPerOrigin: 1 })
  sink.respondWith({ body: 'a'.repeat(KEPT_BYTES) })
  t.match(await perform(), { kind: 'succeeded', result: { truncated: false } })
  await perform()
  t.equal(sink.requests[0]?.remotePort, sink.requests[1]?.remotePort)
})

test('a body is not cut in the middle of a character', async (t) => {
  const { sink, perform } = await startPerformer(t)
  const whole = 'a'.repeat(KEPT_BYTES - 2)
  sink.respondWith({ body: `${whole}€ and more` })
  t.match(await perform(), { result: { body: whole, truncated: true } })
})

test('the status of a refusal counts even if its body is too long or breaks off', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith({ status: 410, body: 'a'.repeat(KEPT_BYTES + 1) })
  t.match(await perform(), { error: { code: 'http_status' }, pauseJob: true })
  sink.respondWith((response) => {
    response.writeHead(429, { 'retry-after': '9', 'content-length': '100' })
    response.write('part', () => response.destroy())
  })
  t.match(await perform(), {
    error: { code: 'http_status' },
    result: { body: 'part', truncated: true },
    retryAfterMs: 9000
  })
})

const promise = (response: ServerResponse, then: () => void): void => {
  response.writeHead(200, { 'content-length': '100' })
  response.write('part', then)
}
const raw =
  (text: string): SinkAnswer =>
  (response) =>
    void response.socket?.end(text)

interface Fault {
  answer: SinkAnswer
  code: string
  sentence: string
  result?: object
}
const BROKEN_OFF = { status: 200, content_type: null, body: 'part', truncated: true }
const FAULTS: Record<string, Fault> = {
  'closes the connection instead of answering': {
    answer: (response) => response.destroy(),
    code: 'UND_ERR_SOCKET',
    sentence: 'closed the connection before the response was complete'
  },
  'resets the connection instead of answering': {
    answer: (response) => response.socket?.resetAndDestroy(),
    code: 'ECONNRESET',
    sentence: 'reset the connection'
  },
  'closes the connection in the middle of the body': {
    answer: (response) => promise(response, () => response.destroy()),
    code: 'UND_ERR_SOCKET',
    sentence: 'closed the connection before the response was complete',
    result: BROKEN_OFF
  },
  'speaks another protocol': {
    answer: raw('220 mail.example.com ESMTP\r\n'),
    code: 'HTTPParserError',
    sentence: 'answered with something that is not HTTP'
  },
  'breaks its chunks': {
    answer: raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\nzz\r\n'),
    code: 'HTTPParserError',
    sentence: 'answered with something that is not HTTP',
    result: BROKEN_OFF
  },
  'sends 100 KB of headers': {
    answer: { headers: { 'x-large': 'a'.repeat(100_000) } },
    code: 'UND_ERR_HEADERS_OVERFLOW',
    sentence: 'sent more than 16384 bytes of response headers'
  },
  'closes the connection after an interim response': {
    answer: raw('HTTP/1.1 103 Early Hints\r\n\r\n'),
    code: 'UND_ERR_SOCKET',
    sentence: 'closed the connection before the response was complete'
  },
  'switches protocols unasked': {
    answer: raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    code: 'UND_ERR_SOCKET',
    sentence: 'closed the connection before the response was complete'
  }
}

for (const [what, { answer, code, sentence, result }] of Object.entries(FAULTS)) {
  test(`a server that ${what} is a network failure, and the next run goes well`, async (t) => {
    const { sink, perform } = await startPerformer(t)
    sink.respondWith(answer, { body: 'ok' })
    t.match(await perform(), {
      kind: 'failed',
      error: { code: 'network', message: `${sink.url} ${sentence} (${code}).` },
      result: result ?? null,
      retryable: true,
      retryAfterMs: null,
      pauseJob: false
    })
    t.match(await perform(), { kind: 'succeeded' })
  })
}

test('a reset in the middle of the body is a network failure', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith((response) => promise(response, () => response.socket?.resetAndDestroy()))
  t.match(await perform(), { kind: 'failed', error: { code: 'network' }, retryable: true })
})

test('a refused connection is a network failure that names origin and code', async (t) => {
  const { sink, perform } = await startPerformer(t)
  await sink.close()
  t.match(await perform({ url: `${sink.url}/secret-path?token=1` }), {
    kind: 'failed',
    error: { code: 'network', message: `${sink.url} refused the connection (ECONNREFUSED).` },
    retryable: true
  })
})

test('a host name without an address is a network failure that says so', async (t) => {
  const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
  const connector = buildConnector({ lookup: (_host, _options, done) => done(notFound, []) })
  const { perform } = await startPerformer(t, { connector: () => connector })
  t.match(await perform({ url: 'http://no-such-host.invalid/' }), {
    kind: 'failed',
    error: {
      code: 'network',
      message:
        'http://no-such-host.invalid could not be found: no address is known for the host name (ENOTFOUND).'
    },
    retryable: true
  })
})

test('a certificate that nobody vouches for ends the attempt before anything is sent', async (t) => {
  const { perform } = await startPerformer(t)
  const server = createTlsServer(SELF_SIGNED, () => t.fail('a request came through'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.match(await perform({ url: origin }), {
    kind: 'failed',
    error: {
      code: 'network',
      message: `${origin} has a self-signed TLS certificate, which is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).`
    },
    retryable: true
  })
})

test('a server that never completes the TLS handshake meets the connect timeout', async (t) => {
  const { perform } = await startPerformer(t, { connectTimeoutMs: 1 })
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.match(await perform({ url: origin }), {
    error: { message: `${origin} did not accept a connection in time (UND_ERR_CONNECT_TIMEOUT).` }
  })
})
