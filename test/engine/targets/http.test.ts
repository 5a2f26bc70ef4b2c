import type { ServerResponse } from 'node:http'
import { test } from 'tap'
import { httpAttempt } from '../../helpers/http-attempt.ts'
import { startPerformer } from '../../helpers/http-performer.ts'

const OK = { status: 200, content_type: null, body: 'ok', truncated: false }

test('an answer that the rule accepts is a success, with what the server said', async (t) => {
  const { sink, perform } = await startPerformer(t)
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'set-cookie': 'a=b' }
  sink.respondWith({ status: 201, headers, body: 'naïve' })
  t.match(await perform(), {
    kind: 'succeeded',
    result: {
      status: 201,
      content_type: 'text/plain; charset=utf-8',
      body: 'naïve',
      truncated: false
    }
  })
})

test('an answer without a body is a success with an empty one', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith({ status: 204 })
  t.match(await perform(), { kind: 'succeeded', result: { status: 204, body: '' } })
})

test('the answer to HEAD has no body, whatever length it announces', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith({ headers: { 'content-length': '1000' } })
  t.match(await perform({ method: 'HEAD' }), {
    kind: 'succeeded',
    result: { status: 200, body: '', truncated: false }
  })
})

test('interim responses are passed over', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith((response) => {
    response.writeProcessing()
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.end('ok')
  })
  t.match(await perform(), { kind: 'succeeded', result: OK })
})

const REFUSALS: [status: number, sentence: string, also: object][] = [
  [
    304,
    'The target answered 304 Not Modified; redirects are not followed, so give the final URL.',
    {}
  ],
  [400, 'The target answered 400 Bad Request.', {}],
  [401, 'The target answered 401 Unauthorized.', {}],
  [404, 'The target answered 404 Not Found.', {}],
  [408, 'The target answered 408 Request Timeout.', { retryable: true }],
  [410, 'The target answered 410 Gone.', { pauseJob: true }],
  [425, 'The target answered 425 Too Early.', { retryable: true }],
  [429, 'The target answered 429 Too Many Requests.', { retryable: true }],
  [500, 'The target answered 500 Internal Server Error.', { retryable: true }],
  [501, 'The target answered 501 Not Implemented.', { retryable: true }],
  [503, 'The target answered 503 Service Unavailable.', { retryable: true }],
  [599, 'The target answered 599.', { retryable: true }]
]

test('a refusal is retried when another attempt can help, and a 410 pauses the job', async (t) => {
  const { sink, perform } = await startPerformer(t)
  for (const [status, message, also] of REFUSALS) {
    sink.respondWith({ status })
    t.match(await perform(), {
      kind: 'failed',
      error: { code: 'http_status', message },
      result: { status, content_type: null, body: '', truncated: false },
      retryable: false,
      retryAfterMs: null,
      pauseJob: false,
      ...also
    })
  }
})

test('the success rule of the job decides, and a 2xx outside it is not sent again', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith({ status: 410 })
  t.match(await perform({ success: '2xx,410' }), { kind: 'succeeded', result: { status: 410 } })
  sink.respondWith({ status: 202 })
  t.match(await perform({ success: '200' }), {
    kind: 'failed',
    error: { code: 'http_status', message: 'The target answered 202 Accepted.' },
    retryable: false
  })
})

test('a redirect is not followed', async (t) => {
  const { sink, perform } = await startPerformer(t)
  sink.respondWith({ status: 302, headers: { location: `${sink.url}/elsewhere` } })
  t.match(await perform(), {
    kind: 'failed',
    error: {
      message: 'The target answered 302 Found; redirects are not followed, so give the final URL.'
    },
    retryable: false
  })
  t.equal(sink.requests.length, 1)
})

test('Retry-After is passed on as it was asked for, in seconds or as a date', async (t) => {
  const now = Date.UTC(2026, 0, 1)
  const { sink, perform } = await startPerformer(t, { now: () => now })
  const wait = async (status: number, value: string): Promise<unknown> => {
    sink.respondWith({ status, headers: { 'retry-after': value } })
    const outcome = await perform()
    return outcome.kind === 'failed' ? outcome.retryAfterMs : outcome.kind
  }
  t.equal(await wait(429, '120'), 120_000)
  t.equal(await wait(503, '31536000'), 31_536_000_000)
  t.equal(await wait(503, new Date(now + 90_000).toUTCString()), 90_000)
  t.equal(await wait(503, 'in a while'), null)
  t.equal(await wait(404, '120'), null)
})

test('one connection carries run after run', async (t) => {
  const { sink, perform } = await startPerformer(t, { maxConnectionsPerOrigin: 1 })
  await perform({ params: 1 })
  await perform({ params: 2 })
  const ports = sink.requests.map(({ remotePort }) => remotePort)
  t.equal(ports.length, 2)
  t.equal(ports[0], ports[1])
  t.equal(sink.openSockets(), 1)
})

test('no origin gets more connections than allowed, and none of the attempts is lost', async (t) => {
  const { sink, perform } = await startPerformer(t, { maxConnectionsPerOrigin: 2 })
  const held: ServerResponse[] = []
  sink.respondWith((response) => held.push(response))
  const attempts = [1, 2, 3, 4, 5].map((params) => perform({ params }))
  for (const _ of attempts) {
    await sink.next()
    t.ok(sink.openSockets() <= 2)
    if (held.length === 2) for (const response of held.splice(0)) response.end('ok')
  }
  for (const response of held) response.end('ok')
  for (const outcome of await Promise.all(attempts))
    t.match(outcome, { kind: 'succeeded', result: OK })
})

test('two jobs with the same id are told apart by their targets', async (t) => {
  const { http, sink } = await startPerformer(t)
  await http.perform(httpAttempt({ url: `${sink.url}/one` }))
  await http.perform(httpAttempt({ url: `${sink.url}/two` }))
  t.same(
    sink.requests.map(({ url }) => url),
    ['/one', '/two']
  )
})

test('a stored target that the rules refuse by now fails for good and is not called', async (t) => {
  const { sink, perform } = await startPerformer(t)
  t.match(await perform({ headers: { 'X-A': 'line\r\nbreak' } }), {
    kind: 'failed',
    error: { code: 'invalid_target', message: /The header "X-A" has a line break/ },
    retryable: false
  })
  t.equal(sink.requests.length, 0)
})

test('closing ends the connections that are kept', async (t) => {
  const { http, sink, perform } = await startPerformer(t, { keepAliveMs: 3_600_000 })
  await perform()
  t.equal(sink.openSockets(), 1)
  await http.close()
  await sink.disconnected()
})

test('after a close, an attempt opens connections of its own', async (t) => {
  const { http, sink, perform } = await startPerformer(t)
  t.equal((await perform()).kind, 'succeeded')
  await http.close()
  await sink.disconnected()
  t.equal((await perform()).kind, 'succeeded')
})
