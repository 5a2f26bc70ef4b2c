import { mock } from 'node:test'
import { test, type Test } from 'tap'
import { createTestApp, type Answer, type TestAppOptions } from '../helpers/app.ts'

const KEY = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBzZWNyZXQ+Lw=='

/** What is sent beside method and path. */
interface From {
  from?: string
  headers?: Record<string, string>
}

/** The service, with a clock for its limits that is moved by hand. */
async function startLimited(t: Test, config: TestAppOptions['config'] = {}) {
  mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
  t.teardown(() => mock.timers.reset())
  const { request, lines } = await createTestApp(t, { isService: true, config })
  const send = (call: string, { from = '192.0.2.1', headers = {} }: From = {}): Promise<Answer> =>
    request(call, undefined, { remoteAddress: from, headers })
  /** The statuses of so many requests. */
  const sendMany = async (count: number, ...[call, sent]: Parameters<typeof send>) => {
    const statuses: number[] = []
    while (statuses.length < count) statuses.push((await send(call, sent)).status)
    return statuses
  }
  return { send, sendMany, lines, wait: (seconds: number) => mock.timers.tick(seconds * 1_000) }
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

test('a sender has so many requests a minute, and is told what is left and when to come back', async (t) => {
  const { send, wait } = await startLimited(t, { rateLimit: 2 })
  const first = await send('GET /jobs')
  t.match(first, { status: 200, headers: { 'ratelimit-policy': '"sender";q=2;w=60' } })
  t.equal(first.headers['ratelimit'], '"sender";r=1;t=60')
  wait(20)
  t.equal((await send('GET /nothing')).headers['ratelimit'], '"sender";r=0;t=40')
  const refused = await send('DELETE /jobs/1')
  t.match(refused, {
    status: 429,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'ratelimit-policy': '"sender";q=2;w=60',
      ratelimit: '"sender";r=0;t=40'
    },
    body: { code: 'rate_limited', detail: /More than 2 requests .* in 40 s, .*CARILLON_RATE_LIMIT/ }
  })
  t.equal(String(refused.headers['retry-after']), '40')
  t.equal((await send('GET /jobs', { from: '192.0.2.2' })).status, 200, 'another one')
  wait(39)
  t.equal((await send('GET /jobs')).status, 429)
  wait(1)
  t.equal((await send('GET /jobs')).status, 200)
})

test('whoever has a key is counted by it, wherever the requests come from', async (t) => {
  const { send } = await startLimited(t, { rateLimit: 1, apiKey: KEY })
  t.equal((await send('GET /jobs', { headers: bearer(KEY) })).status, 200)
  t.equal((await send('GET /jobs', { from: '192.0.2.2', headers: bearer(KEY) })).status, 429)
  t.equal((await send('GET /problems', { from: '192.0.2.2' })).status, 200, 'nobody in particular')
})

test('addresses of one network of IPv6 are one sender', async (t) => {
  const { send } = await startLimited(t, { rateLimit: 1 })
  t.equal((await send('GET /jobs', { from: '2001:db8:0:1::1' })).status, 200)
  t.equal((await send('GET /jobs', { from: '2001:db8:0:1:ffff::2' })).status, 429)
  t.equal((await send('GET /jobs', { from: '2001:db8:0:2::1' })).status, 200)
  t.equal((await send('GET /jobs', { from: '::ffff:192.0.2.9' })).status, 200)
  t.equal((await send('GET /jobs', { from: '192.0.2.9' })).status, 429, 'the same, mapped')
})

test('probes and metrics are not limited, and everything else is', async (t) => {
  const { send, sendMany } = await startLimited(t, { rateLimit: 1 })
  t.equal((await send('GET /nothing')).status, 404)
  for (const call of ['GET /livez', 'GET /metrics', 'GET /readyz', 'HEAD /livez']) {
    t.notOk((await sendMany(5, call)).includes(429), call)
  }
  for (const call of ['GET /jobs', 'GET /docs/', 'GET /problems', 'GET /openapi.json', 'GET /no']) {
    t.equal((await send(call)).status, 429, call)
  }
})

test('the limit is 300 where others can reach it, and none on this machine or with 0', async (t) => {
  const reachable = { host: '0.0.0.0', apiKey: KEY }
  const headers = bearer(KEY)
  for (const [config, policy] of [
    [reachable, '"sender";q=300;w=60'],
    [{ ...reachable, rateLimit: 0 }, undefined],
    [{ ...reachable, rateLimit: 7 }, '"sender";q=7;w=60'],
    [{ host: '127.0.0.1' }, undefined],
    [{ host: '127.0.0.1', rateLimit: 7 }, '"sender";q=7;w=60']
  ] as const) {
    const { send } = await startLimited(t, config)
    const { status, headers: got } = await send('GET /jobs', { headers })
    t.equal(status, 200)
    t.equal(got['ratelimit-policy'], policy, JSON.stringify(config))
    mock.timers.reset()
  }
})

test('inside a host application nothing is limited', async (t) => {
  const { request } = await createTestApp(t, { config: { rateLimit: 1 } })
  for (const _ of [1, 2, 3]) t.equal((await request('GET /jobs')).status, 200)
})

test('of 2,000 requests, forged addresses or not, no more than allowed are answered', async (t) => {
  const { send, sendMany } = await startLimited(t, { rateLimit: 300 })
  const statuses = await sendMany(2_000, 'GET /jobs')
  t.equal(statuses.filter((status) => status === 200).length, 300)
  t.equal(statuses.filter((status) => status === 429).length, 1_700)
  const refused = new Set<number>()
  for (let n = 0; n < 2_000; n++) {
    const address = `10.0.${n >> 8}.${n & 255}`
    refused.add((await send('GET /jobs', { headers: { 'x-forwarded-for': address } })).status)
  }
  t.strictSame([...refused], [429])
})

test('what a trusted proxy says of where a request comes from counts, and of others it does not', async (t) => {
  const config = { rateLimit: 1, trustProxy: '10.0.0.0/8, ::1' }
  const { send } = await startLimited(t, config)
  const by = (from: string, forwarded: string) =>
    send('GET /jobs', { from, headers: { 'x-forwarded-for': forwarded } })
  t.equal((await by('10.0.0.1', '192.0.2.1')).status, 200)
  t.equal((await by('10.0.0.2', '192.0.2.1')).status, 429, 'the same behind another proxy')
  t.equal((await by('10.0.0.1', '192.0.2.2')).status, 200)
  t.equal((await by('::1', '203.0.113.1, 192.0.2.2')).status, 429, 'what the sender forged is left')
  t.equal((await by('198.51.100.1', '192.0.2.3')).status, 200)
  t.equal((await by('198.51.100.1', '192.0.2.4')).status, 429, 'no proxy of ours')
  t.equal((await by('10.0.0.1', 'x'.repeat(10_000))).status, 200)
  t.equal((await by('10.0.0.1', 'nonsense')).status, 429, 'whatever is no address is one sender')
})

test('no more than 5,000 senders are remembered', async (t) => {
  const { send } = await startLimited(t, { rateLimit: 1 })
  const from = (n: number) => ({ from: `10.0.${n >> 8}.${n & 255}` })
  t.equal((await send('GET /jobs', from(0))).status, 200)
  t.equal((await send('GET /jobs', from(0))).status, 429)
  for (let n = 1; n <= 5_000; n++) await send('GET /jobs', from(n))
  t.equal((await send('GET /jobs', from(5_000))).status, 429)
  t.equal((await send('GET /jobs', from(0))).status, 200, 'forgotten')
})

test('after 20 wrong keys a minute an address is refused, whatever key it sends', async (t) => {
  const { send, sendMany, lines, wait } = await startLimited(t, { rateLimit: 300, apiKey: KEY })
  const wrong = { headers: bearer('x'.repeat(40)) }
  const right = { headers: bearer(KEY) }
  t.strictSame(await sendMany(10, 'GET /jobs', wrong), Array(10).fill(401))
  t.equal((await send('GET /jobs', right)).status, 200, 'a right one in between')
  t.strictSame(await sendMany(10, 'GET /nothing'), Array(10).fill(401), 'without a key')
  const refused = await send('GET /metrics', right)
  t.match(refused, { status: 429, body: { code: 'rate_limited', detail: /no right key.* 60 s/ } })
  t.equal(String(refused.headers['retry-after']), '60')
  t.strictSame(await sendMany(50, 'GET /jobs', wrong), Array(50).fill(429))
  t.equal((await send('GET /livez')).status, 200, 'probes are asked nothing')
  t.equal((await send('GET /problems/rate_limited')).status, 200)
  t.equal((await send('GET /jobs', { from: '192.0.2.2', ...right })).status, 200, 'another address')
  const told = lines.filter(({ msg }) => String(msg).startsWith('An address sent too many wrong'))
  t.match(told, [{ level: 40, address: '192.0.2.1' }])
  t.equal(told.length, 1, 'once')
  wait(60)
  t.equal((await send('GET /jobs', right)).status, 200)
})

test('who sends no right key uses up nothing of the limit of others', async (t) => {
  const { send, sendMany } = await startLimited(t, { rateLimit: 1, apiKey: KEY })
  await sendMany(5, 'GET /jobs')
  t.equal((await send('GET /jobs', { headers: bearer(KEY) })).status, 200)
})
