import { test } from 'tap'
import {
  attemptResponse,
  boundResponses,
  keepHeaders,
  type HttpResponse
} from '../../src/domain/http-response.ts'
import { isSecretName, maskParameters } from '../../src/domain/secrets/secret-names.ts'

const answer: HttpResponse = {
  status: 503,
  content_type: 'text/plain',
  headers: { 'content-type': 'text/plain' },
  omitted_headers: 0,
  headers_ms: 7,
  body: 'busy',
  truncated: false
}

test('of the headers of an answer as many are kept as there is room for', (t) => {
  const many = Array.from({ length: 60 }, (_, index) => [`x-${index}`, 'v'] as const)
  const { headers, omitted_headers: omitted } = keepHeaders(Object.fromEntries(many))
  t.strictSame([Object.keys(headers).length, omitted], [50, 10])

  const large = keepHeaders({ a: 'x'.repeat(4_000), b: 'y'.repeat(200), c: 'z', d: undefined })
  t.strictSame(Object.keys(large.headers), ['a', 'c'], 'a small one fits after a large one')
  t.equal(large.omitted_headers, 1)
  t.strictSame(keepHeaders({ vary: ['a', 'b'] }).headers, { vary: 'a, b' })
  t.end()
})

test('what is likely to open something is hidden', (t) => {
  for (const name of ['Set-Cookie', 'Authorization', 'X-Auth-Token', 'x-api-key', 'X-Session-Id']) {
    t.ok(isSecretName(name), name)
  }
  for (const name of ['WWW-Authenticate', 'ETag', 'X-Author', 'Retry-After', 'X-Keyed', 'Age']) {
    t.notOk(isSecretName(name), name)
  }
  const { headers } = keepHeaders({
    'set-cookie': ['a=1', 'b=2'],
    location: 'https://example.com/?page=2&access_token=abc#top',
    link: '<https://example.com/?sig=abc>; rel="next"'
  })
  t.strictSame(headers, {
    'set-cookie': '***',
    location: 'https://example.com/?page=2&access_token=***#top',
    link: '<https://example.com/?sig=***>; rel="next"'
  })
  t.equal(maskParameters('no url; token=abc'), 'no url; token=abc')
  t.end()
})

test('an attempt keeps the beginning of a body, no character in halves', (t) => {
  t.strictSame(attemptResponse(answer), { ...answer, omitted_bytes: 0 })
  const body = `${'a'.repeat(4_095)}€${'b'.repeat(100)}`
  t.match(attemptResponse({ ...answer, body }), {
    body: 'a'.repeat(4_095),
    omitted_bytes: 103,
    truncated: true
  })
  t.match(attemptResponse({ ...answer, body: '€'.repeat(2_000) }), {
    body: '€'.repeat(1_365),
    omitted_bytes: 6_000 - 4_095
  })
  t.match(attemptResponse({ ...answer, truncated: true }), { truncated: true, omitted_bytes: 0 })
  t.end()
})

test('what a handler returned is no answer', (t) => {
  for (const result of [null, 'text', { status: 200, body: 'ok' }, { exit_code: 0 }]) {
    t.equal(attemptResponse(result), null)
  }
  t.end()
})

test('the answers to all attempts have a bound, the oldest give way', (t) => {
  const response = attemptResponse({ ...answer, body: 'x'.repeat(5_000) })
  const attempts = Array.from({ length: 30 }, (_, attempt) => ({ attempt, response }))
  const kept = boundResponses([...attempts, { attempt: 30, response: null }])
  t.equal(kept.length, 31)
  t.ok(JSON.stringify(kept).length < 80_000)
  t.strictSame(kept.at(-2), attempts.at(-1))
  t.match(kept[0]?.response, {
    status: 503,
    headers: {},
    omitted_headers: 1,
    body: '',
    omitted_bytes: 5_000,
    truncated: true
  })
  t.strictSame(boundResponses(kept), kept, 'once and for all')
  t.end()
})
