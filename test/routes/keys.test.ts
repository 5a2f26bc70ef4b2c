import type { Test } from 'tap'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import {
  hostileBodies,
  hostileParameters,
  hostileTexts,
  type HostileRequest
} from '../helpers/hostile.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { bearer, createServiceApp } from '../helpers/service-app.ts'

const KEY = 'k'.repeat(44)

async function createService(t: Test) {
  const kind = kindOf(t)
  const database = kind === 'sqlite' ? 'sqlite::memory:' : await createDatabaseUrl(t, kind)
  const service = await createServiceApp(t, { config: { apiKey: KEY, database } })
  const call = (what: string, body?: unknown) => service.send(what, bearer(KEY), body)
  return { ...service, call }
}

test('a key is made, listed, read and revoked', async (t) => {
  const { call, send, clock } = await createService(t)
  const made = await call('POST /keys', { name: 'ci', scopes: ['read'], expires_in: '90d' })
  t.match(made, { status: 201, headers: { location: '/keys/1', 'cache-control': 'no-store' } })
  const { key, ...known } = made.body as { key: string }
  t.match(key, /^car_1_[\w-]{43}$/)
  t.strictSame((await call('GET /keys')).body, [known])
  t.strictSame((await call('GET /keys/1')).body, known)
  t.equal((await send('GET /jobs', bearer(key))).status, 200)
  await clock.advance(0)
  t.match(await call('DELETE /keys/1'), { status: 204, text: '' })
  t.equal((await send('GET /jobs', bearer(key))).status, 401)
  t.match((await call('GET /keys/1')).body, { id: 1, revoked_at: /^\d/, last_used_at: /^\d/ })
  t.equal((await call('DELETE /keys/1')).status, 204, 'again')
  for (const path of ['/keys/2', '/keys/9007199254740991']) {
    for (const method of ['GET', 'DELETE']) {
      t.match(await call(`${method} ${path}`), { status: 404, body: { code: 'api_key_not_found' } })
    }
  }
})

test('what is no id is refused, and a key is found by its whole id alone', async (t) => {
  const { call } = await createService(t)
  await call('POST /keys', { name: 'ci', scopes: ['read'] })
  const ids = ['0', '-1', '1.0', '01x', 'one', '1e0', '9007199254740993', '..%2f1', '1%00', '%31x']
  for (const id of ids) {
    for (const method of ['GET', 'DELETE']) {
      const { status } = await call(`${method} /keys/${id}`)
      t.ok([400, 404].includes(status), `${method} ${id}: ${status}`)
    }
  }
  t.match((await call('GET /keys/1')).body, { revoked_at: null })
})

test('who made a key is told', async (t) => {
  const { call, send } = await createService(t)
  const { body } = await call('POST /keys', { name: 'ops', scopes: ['admin'] })
  const { key } = body as { key: string }
  await send('POST /keys', bearer(key), { name: 'ci', scopes: ['read'] })
  t.match((await call('GET /keys')).body, [
    { id: 2, created_by: 'key:1' },
    { id: 1, created_by: 'configuration' }
  ])
})

test('pages of keys lead to the next one', async (t) => {
  const { call } = await createService(t)
  for (const name of ['a', 'b', 'c']) await call('POST /keys', { name, scopes: ['read'] })
  const first = await call('GET /keys?limit=2')
  t.match(first.body, [{ id: 3 }, { id: 2 }])
  const next = /<(.*)>; rel="next"/.exec(first.headers['link'] ?? '')?.[1]
  const second = await call(`GET /keys${next}`)
  t.match(second, { status: 200, body: [{ id: 1 }] })
  t.equal(second.headers['link'], undefined)
  t.equal((await call('GET /keys?cursor=x')).status, 400)
  t.equal((await call('GET /keys?limit=1001')).status, 400)
})

test('the answer with a key is never kept to be given again', async (t) => {
  const { request, call, app } = await createService(t)
  const send = () =>
    request('POST /keys', undefined, {
      payload: { name: 'ci', scopes: ['read'] },
      headers: { authorization: bearer(KEY), 'idempotency-key': 'one' }
    })
  for (let times = 0; times < 2; times++) {
    t.match(await send(), {
      status: 400,
      body: {
        code: 'validation_failed',
        errors: [{ in: 'headers', pointer: '/idempotency-key', detail: /is not kept/ }]
      }
    })
  }
  t.strictSame((await call('GET /keys')).body, [])
  t.equal((await call('POST /keys', { name: 'ci', scopes: ['read'] })).status, 201)
  t.strictSame(await app.db.query.selectFrom('carillon_requests').selectAll().execute(), [])
})

test('no hostile request about keys is a fault of ours, and none makes a key that is not as asked', async (t) => {
  const { routes, request, app } = await createService(t)
  const about = routes.filter(({ url, method }) => url.startsWith('/keys') && method !== 'HEAD')
  t.equal(about.length, 4)
  const send = async ({ method, url, headers, payload }: HostileRequest) => {
    const authorization = bearer(KEY)
    const answer = await request(`${method} /`, undefined, {
      url,
      headers: { ...headers, authorization },
      ...(payload !== undefined && { payload })
    })
    const what = `${method} ${url} ${String(payload).slice(0, 100)}: ${answer.status}`
    if (answer.status >= 500) t.fail(what)
    if (answer.status !== 201) return
    const { key: _key, ...made } = answer.body as { id: number; key: string; name: string }
    const { name, scopes } = JSON.parse(String(payload).replace(/^\ufeff/, ''))
    t.match(await app.scheduler.keys.get(made.id), { ...made, name, scopes }, what)
  }
  let count = 0
  for (const route of about) {
    const bodies = hostileBodies(route)
    for (const one of [...bodies, ...hostileTexts(route), ...hostileParameters(route)]) {
      count++
      await send(one)
    }
  }
  t.ok(count > 300, `${count} requests`)
})
