import { test } from 'tap'
import { createTestApp, type Answer } from '../helpers/app.ts'

const KEY = 'k'.repeat(40)

/** On every answer, whatever it is. */
const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin'
}
const API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

test('every answer of the service has the security headers, refusals and pages too', async (t) => {
  const config = { apiKey: KEY, rateLimit: 9 }
  const { request } = await createTestApp(t, { isService: true, config })
  const right = { authorization: `Bearer ${KEY}` }
  const send = (call: string, headers: Record<string, string> = right): Promise<Answer> =>
    request(call, undefined, { headers })
  const calls: [call: string, status: number, headers?: Record<string, string>][] = [
    ['GET /jobs', 200],
    ['HEAD /jobs', 200],
    ['GET /metrics', 200],
    ['GET /livez', 200],
    ['GET /openapi.json', 200],
    ['GET /problems/unauthorized', 200],
    ['HEAD /events', 200],
    ['GET /docs', 302],
    ['GET /docs/', 200],
    ['GET /docs/static/swagger-ui.css', 200],
    ['GET /jobs/7', 404],
    ['GET /nothing', 404],
    ['GET /jobs/%zz', 400],
    [`GET /jobs/${'1'.repeat(500)}`, 414],
    ['POST /jobs', 401, {}],
    ['GET /jobs', 421, { host: 'evil.example' }],
    ['POST /jobs', 403, { origin: 'https://evil.example' }],
    ['DELETE /jobs/7', 429]
  ]
  for (const [call, status, headers] of calls) {
    const answer = await send(call, headers)
    t.equal(answer.status, status, call)
    t.match(answer.headers, EVERYWHERE, call)
    const policy = answer.headers['content-security-policy'] ?? ''
    t.match(policy, /^default-src 'none'; .*frame-ancestors 'none'/, call)
    t.notMatch(policy, 'unsafe', call)
    if (!call.includes('/docs')) t.equal(policy, API_POLICY, call)
  }
})

test('nothing is kept by a browser but what can be asked for again, or is the same for all', async (t) => {
  const { request, createJob } = await createTestApp(t, { isService: true })
  const cachingOf = async (call: string) => (await request(call)).headers['cache-control']
  const { id } = await createJob({})
  t.equal(await cachingOf('GET /jobs'), 'no-cache')
  t.equal(await cachingOf(`GET /jobs/${id}`), 'no-cache')
  const { headers } = await request('GET /jobs/1')
  const known = await request('GET /jobs/1', undefined, {
    headers: { 'if-none-match': headers['etag'] }
  })
  t.match(known, { status: 304, headers: { 'cache-control': 'no-cache' } })
  for (const call of [
    'GET /runs',
    'GET /metrics',
    'GET /jobs/export',
    'GET /jobs/9',
    'GET /livez'
  ]) {
    t.equal(await cachingOf(call), 'no-store', call)
  }
  t.match(await cachingOf('GET /docs/static/swagger-ui.css'), /max-age/)
})

test('inside a host application, headers are the host’s to set', async (t) => {
  const { request } = await createTestApp(t)
  const { headers } = await request('GET /jobs/7')
  for (const name of [...Object.keys(EVERYWHERE), 'content-security-policy', 'cache-control']) {
    t.equal(headers[name], undefined, name)
  }
})
