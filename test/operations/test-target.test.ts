import type { Test } from 'tap'
import type { TargetTestRequest } from '../../src/domain/target-test.ts'
import { createTargetPolicy } from '../../src/domain/addresses/target-policy.ts'
import { createVault } from '../../src/engine/vault.ts'
import type { SchedulerOptions } from '../../src/scheduler.ts'
import { captureWebhooks } from '../../src/testing/webhooks.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'
import { createSink, SILENCE } from '../helpers/sink.ts'

const SIGNING = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const BEARER = 'Bearer 5f1d8c0e-canary-6789'
const vault = createVault({ current: Buffer.alloc(32, 1), previous: null })

/** A scheduler that calls a real server, which is also where `tried` leads. */
async function create(t: Test, options: Partial<SchedulerOptions> = {}) {
  const sink = await createSink(t)
  const kit = await createTestScheduler(t, { vault, ...options })
  const tried = (more: Omit<Partial<TargetTestRequest>, 'target'> & { target?: object } = {}) =>
    kit.scheduler.testTarget({
      ...more,
      target: { type: 'http', url: `${sink.url}/hook?a=b`, ...more.target }
    })
  return { ...kit, sink, tried }
}

test('a target is called once, as a run would call it, and says that it is none', async (t) => {
  const { scheduler, sink, tried } = await create(t)
  sink.respondWith({
    status: 202,
    headers: { 'x-own': 'seen', 'set-cookie': 'session=canary' },
    body: 'done'
  })
  const answer = await tried({
    target: { headers: { 'X-Team': 'billing' }, secret: SIGNING },
    params: { day: 'today' }
  })
  t.match(answer, {
    ok: true,
    outcome: 'succeeded',
    status: 202,
    headers: { 'x-own': 'seen', 'set-cookie': '***' },
    body: 'done',
    truncated: false,
    error: null
  })
  t.type(answer.duration_ms, 'number')
  const { method, url, body, headers } = await sink.next()
  t.strictSame([method, url, body], ['POST', '/hook?a=b', '{"day":"today"}'])
  const key = String(headers['idempotency-key'])
  t.match(key, /^test-[\da-f-]{36}$/, 'the key of no run')
  t.match(headers, {
    'carillon-test': 'true',
    'carillon-attempt': '1',
    'carillon-scheduled-for': /^\d{4}-/,
    'content-type': 'application/json',
    traceparent: /^00-/,
    'user-agent': 'carillon',
    'webhook-id': key,
    'webhook-signature': /^v1,/,
    'x-team': 'billing'
  })
  for (const name of ['run-id', 'job-id', 'fencing-token']) {
    t.equal(headers[`carillon-${name}`], undefined, name)
  }
  await tried()
  t.not((await sink.next()).headers['idempotency-key'], key)
  t.strictSame(await scheduler.listRuns({}), [])
  t.equal(await scheduler.countJobs(), 0)
})

test('what a job keeps is sent in its place, and to no other origin', async (t) => {
  const { scheduler, sink, tried } = await create(t)
  const other = await createSink(t)
  const { id, target } = await scheduler.createJob({
    name: 'Kept',
    schedule: '@hourly',
    target: {
      type: 'http',
      url: sink.url,
      headers: { Authorization: { secret: BEARER } },
      secret: SIGNING
    }
  })
  const job_id = id
  t.match(target, { headers: { Authorization: { secret: '***6789' } } })
  t.match(await tried({ target, job_id }), { ok: true })
  t.match((await sink.next()).headers, {
    authorization: BEARER,
    'carillon-job-id': String(id),
    'webhook-signature': /^v1,/
  })
  const elsewhere = { ...target, url: other.url }
  await t.rejects(tried({ target: elsewhere, job_id }), {
    code: 'validation_failed',
    message: /leads to another origin now/
  })
  await t.rejects(tried({ target }), { message: /there is no secret to keep/ })
  await t.rejects(tried({ target, job_id: 99 }), { code: 'job_not_found' })
  t.equal(other.requests.length, 0)
  const before = await scheduler.getJob(id)
  t.match(await tried({ target: { headers: { Authorization: { secret: 'new' } } }, job_id }), {
    ok: true
  })
  t.equal((await sink.next()).headers['authorization'], 'new')
  t.strictSame(await scheduler.getJob(id), before, 'what is tried is not kept')
})

test('without a key for secrets, none can be tried', async (t) => {
  const { tried } = await create(t, { vault: createVault({ current: null, previous: null }) })
  await t.rejects(tried({ target: { secret: SIGNING } }), { code: 'secrets_not_configured' })
})

test('what goes wrong is told as a run would tell it', async (t) => {
  const { sink, tried, clock } = await create(t)
  sink.respondWith({ status: 404, body: 'nobody' })
  t.match(await tried(), {
    ok: false,
    outcome: 'failed',
    status: 404,
    body: 'nobody',
    error: { code: 'http_status', message: 'The target answered 404 Not Found.' }
  })
  t.match(await tried({ target: { success: '404' } }), { ok: true, error: null })
  sink.respondWith({ status: 302, headers: { location: 'https://elsewhere.example/' } })
  t.match(await tried(), { error: { message: /redirects are not followed/ } })
  t.match(await tried({ target: { url: 'http://127.0.0.1:1/' } }), {
    status: null,
    headers: {},
    body: null,
    truncated: false,
    error: { code: 'network' }
  })

  for (const [timeout, waited] of [
    ['2s', 2_000],
    ['1h', 30_000],
    [undefined, 30_000]
  ] as const) {
    sink.respondWith(SILENCE)
    const asked = sink.requests.length
    const trying = tried(timeout === undefined ? {} : { timeout })
    while (sink.requests.length === asked) await sink.next()
    await clock.advance(waited)
    t.match(await trying, {
      status: null,
      duration_ms: waited,
      error: { code: 'timeout', message: new RegExp(`within ${waited / 1_000}s\\.$`) }
    })
  }
  await sink.disconnected()
})

test('of a long answer two kilobytes are shown, in whole characters', async (t) => {
  const { sink, tried } = await create(t)
  sink.respondWith({ body: `${'x'.repeat(2_047)}é and more` })
  t.match(await tried(), { ok: true, body: 'x'.repeat(2_047), truncated: true })
  sink.respondWith({ body: 'y'.repeat(2_048) })
  t.match(await tried(), { body: 'y'.repeat(2_048), truncated: false })
  sink.respondWith({ body: 'z'.repeat(200_000) })
  t.match(await tried(), { ok: true, body: 'z'.repeat(2_048), truncated: true })
  const many = Array.from({ length: 60 }, (_one, index) => [`x-${index}`, 'v'.repeat(10)])
  sink.respondWith({ headers: { ...Object.fromEntries(many), 'a-long': 'w'.repeat(5_000) } })
  const { headers } = await tried()
  t.equal(Object.keys(headers).length, 50)
  t.equal(headers['a-long'], undefined, 'there is room for 4 KiB in all')
})

test('only what a run may call is called', async (t) => {
  const policy = createTargetPolicy({ allow: [], deny: [], isLocal: () => false })
  const { sink, tried } = await create(t, { targetPolicy: policy })
  await t.rejects(tried(), { code: 'validation_failed', faults: [{ pointer: '/target/url' }] })
  const { port } = new URL(sink.url)
  t.match(await tried({ target: { url: `http://localhost:${port}/` } }), {
    ok: false,
    error: { code: 'target_refused' }
  })
  t.equal(sink.requests.length, 0)
})

/** Requests that are none, with the field that is at fault. */
const WRONG: readonly [object, string][] = [
  [{ target: { type: 'log' } }, '/target/type'],
  [{ target: { type: 'handler', name: 'a' } }, '/target/type'],
  [{}, '/target'],
  [{ target: { type: 'http', url: 'ftp://a.example' } }, '/target/url'],
  [
    { target: { type: 'http', url: 'https://a.example', headers: { Host: 'b' } } },
    '/target/headers/Host'
  ],
  [{ target: { type: 'http', url: 'https://a.example' }, timeout: 'soon' }, '/timeout'],
  [{ target: { type: 'http', url: 'https://a.example' }, params: 'x'.repeat(70_000) }, '/params'],
  [{ target: { type: 'http', url: 'https://a.example' }, job_id: 'one' }, '/job_id'],
  [{ target: { type: 'http', url: 'https://a.example' }, job: 1 }, '/job']
]

test('what cannot be tried is refused by the name of its field', async (t) => {
  const { dispatcher, requests } = captureWebhooks()
  const { scheduler } = await createTestScheduler(t, { dispatcher })
  for (const [request, pointer] of WRONG) {
    await t.rejects(
      scheduler.testTarget(request as TargetTestRequest),
      { code: 'validation_failed', faults: [{ in: 'body', pointer }] },
      pointer
    )
  }
  await t.rejects(scheduler.testTarget({ target: { type: 'log' } }), {
    message:
      '"target.type" is "log", but only targets of type "http" can be tried; run the job to see what it does.'
  })
  t.strictSame(requests, [])
})

test('who tried what is told, without what was sent', async (t) => {
  const { scheduler, sink } = await create(t)
  const told: unknown[] = []
  scheduler.on('target_tested', (event) => told.push(event))
  sink.respondWith({ status: 500 })
  const caller = { actor: 'ann', address: '192.0.2.1' }
  await scheduler.as(caller).testTarget({
    target: { type: 'http', url: `${sink.url}/path?token=canary`, secret: SIGNING }
  })
  t.match(told, [{ ...caller, job_id: null, origin: sink.url, ok: false, status: 500 }])
  t.notMatch(JSON.stringify(told), /canary|whsec/)
})
