import { test } from 'tap'
import { createHttpPerformer } from '../../../src/engine/targets/http.ts'
import { httpAttempt, type HttpAttemptParts } from '../../helpers/http-attempt.ts'
import { startSink, type SinkRequest } from '../../helpers/sink.ts'

type Parts = Omit<HttpAttemptParts, 'url'> & { path?: string }

/** Performs one attempt against a server of its own; gives what arrived there. */
async function sent({ path = '/', ...parts }: Parts = {}): Promise<SinkRequest> {
  const sink = await startSink()
  const http = createHttpPerformer()
  try {
    await http.perform(httpAttempt({ url: `${sink.url}${path}`, ...parts }))
    return await sink.next()
  } finally {
    await http.close()
    await sink.close()
  }
}

const BODIES: [what: string, parts: Parts, body: string][] = [
  ['params as JSON', { params: { a: [1, null] } }, '{"a":[1,null]}'],
  [
    'a JSON string byte for byte',
    { params: '{ "email" : "ü@example.com" }\n' },
    '{ "email" : "ü@example.com" }\n'
  ],
  ['a string that is no JSON as a JSON string', { params: 'hello "you"' }, '"hello \\"you\\""'],
  ['an empty string as a JSON string', { params: '' }, '""'],
  ['the body before the params', { params: 1, body: { b: 2 } }, '{"b":2}'],
  ['false and 0 like any other value', { params: 1, body: 0 }, '0'],
  ['nothing for null', {}, ''],
  ['nothing for a body of null, whatever the params', { params: 1, body: null }, ''],
  ['nothing with GET', { method: 'GET', params: 1 }, ''],
  ['nothing with HEAD', { method: 'HEAD', params: 1 }, ''],
  ['params with DELETE', { method: 'DELETE', params: 1 }, '1'],
  [
    'a string as it is under a content type that is not JSON',
    { params: 'a=1&b=2', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    'a=1&b=2'
  ],
  [
    'a string as a JSON string under a JSON content type of the job',
    { params: 'a', headers: { 'content-type': 'application/vnd.api+json; charset=utf-8' } },
    '"a"'
  ]
]

for (const [what, parts, body] of BODIES) {
  test(`the request carries ${what}`, async (t) => {
    t.equal((await sent(parts)).body, body)
  })
}

test('method, path and query are those of the job; POST when it names no method', async (t) => {
  const named = await sent({ method: 'PUT', path: '/a%20b/?q=1&q=ü#part' })
  t.equal(named.method, 'PUT')
  t.equal(named.url, '/a%20b/?q=1&q=%C3%BC')
  t.equal((await sent()).method, 'POST')
})

test('a body is announced as JSON unless the job names a content type', async (t) => {
  t.equal((await sent({ params: 1 })).headers['content-type'], 'application/json')
  const own = await sent({ params: 'x', headers: { 'Content-TYPE': 'text/plain' } })
  t.equal(own.headers['content-type'], 'text/plain')
})

test('a request without a body announces no type, and a POST says that it is empty', async (t) => {
  const { headers } = await sent()
  t.equal(headers['content-type'], undefined)
  t.equal(headers['content-length'], '0')
})

test('the headers of the job are sent', async (t) => {
  const { headers } = await sent({ headers: { Authorization: 'Bearer x', 'X-Latin-1': 'é' } })
  t.equal(headers['authorization'], 'Bearer x')
  t.equal(headers['x-latin-1'], 'é')
})

test('the user agent is carillon unless the job names another', async (t) => {
  t.equal((await sent()).headers['user-agent'], 'carillon')
  t.equal((await sent({ headers: { 'User-agent': 'mine' } })).headers['user-agent'], 'mine')
})

test('no header is sent twice', async (t) => {
  const own = { 'user-agent': 'mine', 'content-type': 'text/plain' }
  for (const headers of [{}, own]) {
    const { rawHeaders } = await sent({ params: 1, headers })
    const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
    t.same(names, [...new Set(names)])
  }
})

test('the run is named: ids, occurrence, attempt and fencing token', async (t) => {
  const scheduledFor = Date.UTC(2026, 0, 31, 9)
  const run = { id: 42, scheduledFor, attempt: 3, fencingToken: 99 }
  t.match((await sent({ run })).headers, {
    'idempotency-key': '42',
    'carillon-job-id': '7',
    'carillon-run-id': '42',
    'carillon-scheduled-for': '2026-01-31T09:00:00.000Z',
    'carillon-attempt': '3',
    'carillon-fencing-token': '99'
  })
})

test('every attempt starts a valid trace of its own', async (t) => {
  const [one, two] = [await sent(), await sent()].map(({ headers }) =>
    String(headers['traceparent'])
  )
  t.match(one, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/)
  t.not(one, two)
})
