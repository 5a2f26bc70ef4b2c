import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import { test } from 'tap'
import app from '../../app.ts'
import carillon, { type CarillonOptions } from '../../index.ts'
import { parseConfig } from '../../src/config.ts'
import { SCOPES, type Scope } from '../../src/domain/api-key.ts'
import { CarillonError } from '../../src/domain/errors.ts'
import { basic, bearer, createServiceApp, type TestServiceApp } from '../helpers/service-app.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

const KEY = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBzZWNyZXQ+Lw=='

test('the key opens as a Bearer token and as the password of any user', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  for (const authorization of [
    bearer(KEY),
    `bearer  ${KEY} `,
    basic(`:${KEY}`),
    basic(`anyone:${KEY}`),
    basic(`"né":${KEY}`).replace('Basic', 'BASIC')
  ]) {
    t.equal((await service.send('GET /jobs', authorization)).status, 200, authorization)
  }
  const colons = `${KEY}:with:colons`
  const other = await createServiceApp(t, { config: { apiKey: colons } })
  t.equal((await other.send('GET /jobs', basic(`me:${colons}`))).status, 200)
})

/** Headers that do not open. */
const WRONG: Readonly<Record<string, string>> = {
  'another key': bearer('x'.repeat(40)),
  'a part of the key': bearer(KEY.slice(0, -1)),
  'more than the key': bearer(`${KEY}x`),
  'the key in other case': bearer(KEY.toLowerCase()),
  'the key and a NUL': bearer(`${KEY}\0`),
  'the key twice': bearer(`${KEY}, ${KEY}`),
  'a megabyte': bearer('x'.repeat(1024 * 1024)),
  'a megabyte of spaces': bearer(' '.repeat(1024 * 1024)),
  'the key without a scheme': KEY,
  'another scheme': `Token ${KEY}`,
  'another scheme with a pair': basic(`me:${KEY}`).replace('Basic', 'Digest'),
  'a scheme alone': 'Bearer',
  'a scheme and a space': 'Bearer ',
  'nothing at all': '',
  'the key as the user': basic(`${KEY}:`),
  'a pair without a colon': basic(KEY),
  'the key and a NUL as a password': basic(`me:${KEY}\0`),
  'Basic with the bare key': `Basic ${KEY}`,
  'Bearer with a pair': bearer(Buffer.from(`me:${KEY}`).toString('base64'))
}

test('every other header gets the same 401 as none', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  const bodyOf = async (authorization?: string) => {
    const { status, headers, body } = await service.send('GET /jobs', authorization)
    t.equal(status, 401)
    t.equal(headers['www-authenticate'], 'Bearer realm="carillon", Basic realm="carillon"')
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
    return { ...(body as object), request_id: '' }
  }
  const missing = await bodyOf()
  t.match(missing, { status: 401, code: 'unauthorized', detail: /^This needs an API key; send / })
  for (const [what, authorization] of Object.entries(WRONG)) {
    t.strictSame(await bodyOf(authorization), missing, what)
  }
})

test('the key is not taken from the URL, a body or another header', async (t) => {
  const { request } = await createServiceApp(t, { config: { apiKey: KEY } })
  for (const name of ['key', 'api_key', 'apiKey', 'access_token', 'authorization']) {
    const url = `/jobs?${new URLSearchParams({ [name]: KEY }).toString()}`
    t.equal((await request(`GET ${url}`)).status, 401, url)
  }
  const headers = { 'x-api-key': KEY, 'proxy-authorization': bearer(KEY) }
  t.equal((await request('GET /jobs', undefined, { headers })).status, 401)
  t.equal((await request('POST /jobs', { access_token: KEY })).status, 401)
})

test('the probes and what errors mean are open, and every other route is not', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  await service.clock.advance(0)
  const open = ['/livez', '/readyz', '/problems', '/problems/:code']
  for (const { method, url } of service.routes) {
    const expected = open.includes(url) ? 200 : 401
    const { status } = await service.send(
      `${method.toString()} ${url.replace(':id', '1').replace(':code', 'bad_request')}`
    )
    t.equal(status, expected, `${method.toString()} ${url}`)
  }
})

test('without the key it cannot be learned which paths and jobs exist', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  for (const call of ['GET /nothing', 'GET /jobs/999', 'GET /jobs/one', 'PUT /jobs', 'GET /']) {
    t.equal((await service.send(call)).status, 401, call)
  }
  t.equal((await service.send('GET /nothing', bearer(KEY))).status, 404)
})

test('a refused body is not read', async (t) => {
  const { request } = await createServiceApp(t, { config: { apiKey: KEY } })
  t.equal((await request('POST /jobs', 'x'.repeat(1024 * 1024))).status, 401)
})

test('the metrics need the key, and count who came without', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  await service.send('GET /jobs')
  t.equal((await service.send('GET /metrics')).status, 401)
  const { status, text } = await service.send('GET /metrics', bearer(KEY))
  t.equal(status, 200)
  t.match(text, /^requests\{type="list_jobs",status="401"\} 1$/m)
})

test('the key is in no answer and no line of the log', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  const answers = [
    await service.send('GET /jobs', bearer(`${KEY}x`)),
    await service.send('GET /nothing', bearer(KEY)),
    await service.send('GET /metrics', basic(`me:${KEY}`))
  ]
  t.notMatch(JSON.stringify([answers, service.lines]), KEY.slice(0, 20))
})

test('without a key anywhere, none is asked for, and a wrong one does no harm', async (t) => {
  const service = await createServiceApp(t)
  t.equal((await service.send('GET /jobs')).status, 200)
  t.equal((await service.send('GET /jobs', bearer(KEY))).status, 200)
  t.equal((await service.send('GET /jobs', bearer(otherThan('car_1_')))).status, 200)
})

/** A key of this id that nobody made. */
function otherThan(key: string): string {
  return `${/^car_\d+_/.exec(key)?.[0]}${randomBytes(32).toString('base64url')}`
}

test('from the first key on one is asked for, and revoking the last one opens nothing', async (t) => {
  const service = await createServiceApp(t)
  const key = await service.makeKey({ scopes: ['admin'] })
  t.equal((await service.send('GET /jobs')).status, 401)
  t.equal((await service.send('GET /jobs', bearer(key))).status, 200)
  t.equal((await service.send('GET /jobs', basic(`me:${key}`))).status, 200)
  t.equal((await service.send('DELETE /keys/1', bearer(key))).status, 204)
  t.equal((await service.send('GET /jobs', bearer(key))).status, 401)
  t.equal((await service.send('GET /jobs')).status, 401)
})

test('keys beside that of the configuration open too, and it is still good for everything', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  const made = await service.send('POST /keys', bearer(KEY), { name: 'ci', scopes: ['read'] })
  t.match(made, { status: 201, body: { id: 1, created_by: 'configuration' } })
  const { key } = made.body as { key: string }
  t.equal((await service.send('GET /jobs', bearer(key))).status, 200)
  t.equal((await service.send('GET /keys', bearer(key))).status, 403)
  t.equal((await service.send('GET /keys', bearer(KEY))).status, 200)
})

/** Every route that is not open, as a request whose answer tells only whether it was let in. */
function guardedCalls({ routes }: TestServiceApp): { call: string; scope?: Scope | null }[] {
  return routes.flatMap(({ method, url, config }) => {
    if (config?.open === true) return []
    const path = url.replace(':id', '999').replace(/:\w+/, 'nothing')
    return [{ call: `${method.toString()} ${path}`, scope: config?.scope ?? null }]
  })
}

/** Streams without an end: who asks for the headers alone is let in, or not, in the same way. */
const withoutEnd = (call: string): string => call.replace('GET /events', 'HEAD /events')

test('each route is open to keys with its scope, and to no other', async (t) => {
  const service = await createServiceApp(t)
  const keys = new Map<Scope, string>()
  for (const scope of SCOPES) keys.set(scope, await service.makeKey({ scopes: [scope] }))
  const calls = guardedCalls(service)
  t.ok(calls.length > 40, `${calls.length} calls`)
  for (const scope of SCOPES)
    t.ok(
      calls.some((one) => one.scope === scope),
      `${scope} is needed`
    )
  for (const { call, scope } of calls) {
    for (const [held, key] of keys) {
      const { status, body } = await service.send(withoutEnd(call), bearer(key))
      if (held === scope || held === 'admin' || scope === null) {
        t.notOk([401, 403, 500].includes(status), `${call} with ${held}: ${status}`)
        continue
      }
      t.equal(status, 403, `${call} with ${held}`)
      if (body !== '') t.match(body, { code: 'insufficient_scope', scope }, call)
    }
  }
})

test('what reads is called by GET, or is a preview', async (t) => {
  const service = await createServiceApp(t)
  for (const { call, scope } of guardedCalls(service)) {
    if (/ \/keys/.test(call)) t.equal(scope, 'admin', call)
    else if (/ \/access/.test(call)) t.equal(scope, null, call)
    else t.equal(scope === 'read', /^(?:GET|HEAD) |^POST \/schedules\/preview$/.test(call), call)
  }
})

test('every key may ask what it may do, whose it is, and of which service', async (t) => {
  const title = 'Jobs (staging)'
  const service = await createServiceApp(t, { config: { apiKey: KEY, title } })
  const access = async (authorization: string) =>
    (await service.send('GET /access', authorization)).body
  for (const [index, scope] of SCOPES.entries()) {
    const key = bearer(await service.makeKey({ scopes: [scope] }))
    const scopes = scope === 'admin' ? SCOPES : [scope]
    t.strictSame(await access(key), { scopes, actor: `key:${index + 1}`, title })
  }
  const both = bearer(await service.makeKey({ scopes: ['run', 'read'] }))
  t.strictSame(await access(both), { scopes: ['read', 'run'], actor: 'key:5', title })
  t.strictSame(await access(bearer(KEY)), { scopes: SCOPES, actor: 'configuration', title })
  await service.app.scheduler.keys.revoke(5)
  t.match(await access(both), { code: 'unauthorized' })
})

test('where no key is asked for, nobody may do everything', async (t) => {
  const { request } = await createServiceApp(t)
  t.strictSame((await request('GET /access')).body, {
    scopes: SCOPES,
    actor: null,
    title: 'Carillon'
  })
})

test('each route refuses what is no valid key, and always in the same words', async (t) => {
  const service = await createServiceApp(t)
  const [revoked, expired, valid] = [
    await service.makeKey({ scopes: ['admin'] }),
    await service.makeKey({ scopes: ['admin'], expires_in: '5s' }),
    await service.makeKey({ scopes: ['admin'] })
  ]
  await service.app.scheduler.keys.revoke(1)
  await service.clock.advance(5_000)
  const another = await createServiceApp(t)
  const refused: Record<string, string | undefined> = {
    none: undefined,
    revoked: bearer(revoked),
    expired: bearer(expired),
    'another secret': bearer(otherThan(valid)),
    'an unknown id': bearer(otherThan('car_999_')),
    'a key of another service': bearer(await another.makeKey({ scopes: ['admin'] })),
    'the revoked one as a password': basic(`me:${revoked}`)
  }
  for (const { call } of [...guardedCalls(service), { call: 'GET /nothing' }]) {
    const answers = new Set<string>()
    for (const [what, authorization] of Object.entries(refused)) {
      const { status, headers, text } = await service.send(withoutEnd(call), authorization)
      t.equal(status, 401, `${call}: ${what}`)
      const { date: _date, ...others } = headers
      answers.add(JSON.stringify([others, text.replace(/"request_id":"[^"]*"/, '')]))
    }
    t.equal(answers.size, 1, call)
  }
  t.equal((await service.send('GET /jobs', bearer(valid))).status, 200)
})

test('with a key of any scope it is told which paths exist, and nothing else', async (t) => {
  const service = await createServiceApp(t)
  const key = await service.makeKey({ scopes: ['run'] })
  t.match(await service.send('GET /nothing', bearer(key)), {
    status: 404,
    body: { code: 'route_not_found' }
  })
  t.equal((await service.send('GET /jobs/999', bearer(key))).status, 403)
})

test('many jobs at once are run only by who may change them and run them', async (t) => {
  const service = await createServiceApp(t)
  await service.app.scheduler.createJob({ name: 'job', schedule: '@yearly', overlap: 'queue_all' })
  const [write, run, both] = [
    bearer(await service.makeKey({ scopes: ['write'] })),
    bearer(await service.makeKey({ scopes: ['run'] })),
    bearer(await service.makeKey({ scopes: ['write', 'run'] }))
  ]
  const filter = { ids: [1] }
  const bulk = (authorization: string, body: object, query = '') =>
    service.send(`POST /jobs/bulk${query}`, authorization, { filter, ...body })
  for (const query of ['', '?dry_run=true']) {
    t.match(await bulk(write, { action: 'run' }, query), { status: 403, body: { scope: 'run' } })
    t.match(await bulk(run, { action: 'run' }, query), { status: 403, body: { scope: 'write' } })
    t.match(await bulk(both, { action: 'run' }, query), { status: 200, body: { done: 1 } })
  }
  for (const more of [
    { action: 'pause' },
    { action: 'resume' },
    { action: 'tag', add_tags: ['a'] }
  ]) {
    t.match(await bulk(run, more), { status: 403, body: { scope: 'write' } })
    t.match(await bulk(write, more), { status: 200, body: { done: 1 } })
  }
  for (const body of ['null', '[]', '"run"', '{"action":["run"]}', '{"action":{"run":1}}']) {
    t.equal((await service.send('POST /jobs/bulk', write, JSON.parse(body))).status, 400, body)
  }
  t.match(await bulk(write, { action: 'delete' }), { status: 200, body: { done: 1 } })
})

test('many runs at once are tried again or cancelled by who may do that to one', async (t) => {
  const service = await createServiceApp(t)
  const target = { type: 'handler', name: 'nowhere' } as const
  const { id } = await service.app.scheduler.createJob({ name: 'job', schedule: '@yearly', target })
  await service.app.scheduler.run(id)
  const body = { filter: { job_id: id }, action: 'cancel' }
  for (const scopes of [['read', 'write'], ['read']] as const) {
    const other = bearer(await service.makeKey({ scopes: [...scopes] }))
    const refused = await service.send('POST /runs/bulk', other, body)
    t.match(refused, { status: 403, body: { scope: 'run' } })
  }
  const run = bearer(await service.makeKey({ scopes: ['run'] }))
  t.match(await service.send('POST /runs/bulk?dry_run=true', run, body), {
    status: 200,
    body: { dry_run: true, action: 'cancel', matched: 1, done: 1, more: false, refused: [] }
  })
  t.match(await service.send('POST /runs/bulk', run, body), { body: { dry_run: false, done: 1 } })
  t.match(await service.send('POST /runs/bulk', run, { action: 'retry' }), {
    status: 400,
    body: { errors: [{ in: 'body', pointer: '/filter' }] }
  })
})

test('whoever sends a request has idempotency keys of their own', async (t) => {
  const service = await createServiceApp(t)
  const keys = [
    await service.makeKey({ scopes: ['write'] }),
    await service.makeKey({ scopes: ['write'] })
  ]
  const ids: unknown[] = []
  for (const key of [...keys, ...keys]) {
    const { body } = await service.request('POST /jobs', undefined, {
      payload: { name: 'job', schedule: '@daily' },
      headers: { authorization: bearer(key), 'idempotency-key': 'the-same' }
    })
    ids.push((body as { id: number }).id)
  }
  t.strictSame(ids, [1, 2, 1, 2])
})

test('refusals are logged once a second for each address, by their number', async (t) => {
  const service = await createServiceApp(t, { config: { apiKey: KEY } })
  const lines = () =>
    service.lines.flatMap(({ msg, address, count }) =>
      String(msg).startsWith('Requests without a valid') ? [[address, count]] : []
    )
  const knock = (remoteAddress: string) =>
    service.request('GET /jobs', undefined, {
      remoteAddress,
      headers: { authorization: bearer(otherThan('car_1_')), 'x-forwarded-for': '203.0.113.1' }
    })
  for (let times = 0; times < 5; times++) await knock('192.0.2.1')
  await knock('192.0.2.2')
  t.strictSame(lines(), [
    ['192.0.2.1', 1],
    ['192.0.2.2', 1]
  ])
  await service.clock.advance(1_000)
  await knock('192.0.2.1')
  t.strictSame(lines().slice(2), [['192.0.2.1', 5]])
  t.notMatch(JSON.stringify(service.lines), /car_1_/)
})

test('the log says who made and who revoked which key, and no key', async (t) => {
  const service = await createServiceApp(t)
  const key = await service.makeKey({ name: 'ci', scopes: ['admin'] })
  await service.send('DELETE /keys/1', bearer(key))
  const about = service.lines.filter(({ msg }) => String(msg).startsWith('An API key was'))
  t.match(about, [{ key: { id: 1, name: 'ci' } }, { key: { revoked_at: /^\d/ } }])
  t.notMatch(JSON.stringify(service.lines), key)
})

test('when the database fails, nobody is let in and nobody is refused for it', async (t) => {
  const service = await createServiceApp(t)
  const key = await service.makeKey()
  t.equal((await service.send('GET /jobs', bearer(key))).status, 200)
  const { db } = service.app
  const { query } = db
  const failing = watchDatabase(db)
  failing.onStatement = () => {
    throw new CarillonError('store_unavailable', 'The database cannot be reached.')
  }
  Object.assign(db, { query: failing.database.query })
  t.teardown(() => Object.assign(db, { query }))
  for (const authorization of [bearer(key), bearer(otherThan(key)), bearer(otherThan('car_9_'))]) {
    const { status, headers } = await service.send('GET /jobs', authorization)
    t.equal(status, 503)
    t.ok(headers['retry-after'])
  }
  t.equal((await service.send('GET /jobs')).status, 401)
  t.equal((await service.send('GET /livez')).status, 200)
  Object.assign(db, { query })
})

test('a route that is neither open nor has a scope keeps the service from starting', async (t) => {
  for (const isService of [true, false]) {
    const server = Fastify()
    t.teardown(() => server.close())
    const config = parseConfig({ database: 'sqlite::memory:', autoStart: false })
    await app(server, { config, isService })
    server.get('/forgotten', { config: { operation: 'forgotten' } }, async () => 'all')
    await t.rejects(async () => server.ready(), {
      message: 'The route GET /forgotten declares neither a scope nor that it is open.'
    })
  }
})

test('inside a host app the key is no option: who may call is for the host to say', async (t) => {
  const host = Fastify()
  t.teardown(() => host.close())
  const options = { database: 'sqlite::memory:', apiKey: KEY } as CarillonOptions
  await t.rejects(async () => host.register(carillon, options), {
    code: 'invalid_configuration',
    message: /^"apiKey" is not a known option/
  })
})
