import { test } from 'tap'
import { createTestApi } from '../helpers/api.ts'
import { createTestApp } from '../helpers/app.ts'

const hourly = { name: 'once', schedule: '0 * * * *' }
const key = { 'idempotency-key': '6ba7b810-9dad-11d1-80b4-00c04fd430c8' }

test('a POST that is sent again with its key is answered as the first time', async (t) => {
  const { send } = await createTestApi(t)
  const first = await send('POST', '/jobs', hourly, key)
  const again = await send('POST', '/jobs', hourly, key)
  t.equal(first.status, 201)
  t.equal(first.headers['idempotency-replayed'], undefined)
  t.equal(again.status, 201)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.equal(again.text, first.text)
  for (const name of ['location', 'etag', 'content-type']) {
    t.ok(first.headers[name])
    t.equal(again.headers[name], first.headers[name])
  }
  t.equal((await send('GET', '/jobs')).body.length, 1)
  await send('DELETE', first.headers['location'] ?? '')
  t.equal((await send('POST', '/jobs', hourly, key)).text, first.text, 'whatever came after')
})

test('an answer with a key is the answer that there is without', async (t) => {
  const { send } = await createTestApi(t)
  const plain = await send('POST', '/jobs', hourly)
  const keyed = await send('POST', '/jobs', hourly, key)
  const { id: _plain, ...plainJob } = plain.body
  const { id: _keyed, ...keyedJob } = keyed.body
  t.strictSame(keyedJob, plainJob)
  t.strictSame(Object.keys(keyed.headers).sort(), Object.keys(plain.headers).sort())
})

test('another request with the same key is refused, and does nothing', async (t) => {
  const { send } = await createTestApi(t)
  await send('POST', '/jobs', hourly, key)
  const other = await send('POST', '/jobs', { ...hourly, name: 'other' }, key)
  t.match(other, { status: 422, body: { code: 'idempotency_key_reused' } })
  t.match(other.body.detail, key['idempotency-key'])
  t.equal((await send('POST', '/jobs/1/pause', {}, key)).status, 422)
  t.match((await send('GET', '/jobs')).body, [{ state: 'enabled' }])
})

test('a refused request leaves its key free', async (t) => {
  const { send } = await createTestApi(t)
  t.equal((await send('POST', '/jobs', { name: 'no schedule' }, key)).status, 400)
  t.equal((await send('POST', '/jobs/7/run', {}, key)).status, 404)
  t.equal((await send('POST', '/jobs', hourly, key)).status, 201)
})

test('a dry run does not use the key up', async (t) => {
  const { send } = await createTestApi(t)
  t.equal((await send('POST', '/jobs?dry_run=true', hourly, key)).status, 200)
  const created = await send('POST', '/jobs', hourly, key)
  t.match(created, { status: 201 })
  const stretch = { from: '2025-12-31T20:00:00Z', to: '2025-12-31T22:00:00Z' }
  const other = { 'idempotency-key': 'other' }
  const dry = await send('POST', '/jobs/1/backfill', { ...stretch, dry_run: true }, other)
  t.match(dry, { status: 200, body: { dry_run: true } })
  t.equal((await send('POST', '/jobs/1/backfill', stretch, other)).status, 202)
})

test('a key that is none is refused by name', async (t) => {
  const { send } = await createTestApi(t)
  for (const wrong of ['', 'a b', 'x'.repeat(256), 'é']) {
    const answer = await send('POST', '/jobs', hourly, { 'idempotency-key': wrong })
    t.match(answer, {
      status: 400,
      body: { errors: [{ in: 'headers', pointer: '/idempotency-key' }] }
    })
  }
  t.equal((await send('GET', '/jobs')).body.length, 0)
})

test('every POST may be sent again with its key', async (t) => {
  const { routes, request, clock } = await createTestApp(t)
  // Some may be sent again as they are, and need none.
  const posts = routes.filter(({ method, config }) => {
    return method === 'POST' && config?.idempotent !== true
  })
  t.ok(posts.length > 5)
  const bodies: Record<string, object> = {
    '/jobs': { ...hourly, start_date: '2025-12-31T00:00:00Z' },
    '/jobs/': { ...hourly, name: 'other', start_date: '2025-12-31T00:00:00Z' },
    '/jobs/:id/skip': { count: 1 },
    '/jobs/:id/backfill': { from: '2025-12-31T20:00:00Z', to: '2025-12-31T22:00:00Z' },
    '/schedules/preview': { schedule: '0 * * * *' }
  }
  let sent = 0
  const sendTwice = async (route: string, url: string): Promise<number> => {
    const more = {
      headers: { 'content-type': 'application/json', 'idempotency-key': `key-${sent++}` }
    }
    const first = await request(`POST ${url}`, bodies[route] ?? {}, more)
    const again = await request(`POST ${url}`, bodies[route] ?? {}, more)
    await clock.advance(10)
    t.equal(again.status, first.status, route)
    if (first.status >= 300) return first.status
    t.equal(again.text, first.text, route)
    t.equal(again.headers['idempotency-replayed'], 'true', route)
    return first.status
  }
  await sendTwice('/jobs', '/jobs')
  const { body: run } = await request('POST /jobs/1/run', {})
  const runId = String((run as { id: number }).id)
  await clock.advance(10)
  let done = 0
  for (const { url } of posts) {
    const id = url.startsWith('/runs') ? runId : '1'
    const status = await sendTwice(url, url.replace(':id', id))
    t.ok(status < 500, url)
    if (status < 300) done++
  }
  t.ok(done > 6, 'most of them have something to do')
})
