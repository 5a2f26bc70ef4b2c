import { test } from 'tap'
import Fastify from 'fastify'
import carillon, { type CarillonOptions } from '../../index.ts'
import { createTestApp, type Answer, type TestApp } from '../helpers/app.ts'

const KEY = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBzZWNyZXQ+Lw=='

const bearer = (key: string): string => `Bearer ${key}`
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

function send({ request }: TestApp, call: string, authorization?: string): Promise<Answer> {
  return request(call, undefined, authorization === undefined ? {} : { headers: { authorization } })
}

test('the key opens as a Bearer token and as the password of any user', async (t) => {
  const service = await createTestApp(t, { config: { apiKey: KEY } })
  for (const authorization of [
    bearer(KEY),
    `bearer  ${KEY} `,
    basic(`:${KEY}`),
    basic(`anyone:${KEY}`),
    basic(`"né":${KEY}`).replace('Basic', 'BASIC')
  ]) {
    t.equal((await send(service, 'GET /jobs', authorization)).status, 200, authorization)
  }
  const colons = `${KEY}:with:colons`
  const other = await createTestApp(t, { config: { apiKey: colons } })
  t.equal((await send(other, 'GET /jobs', basic(`me:${colons}`))).status, 200)
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
  const service = await createTestApp(t, { config: { apiKey: KEY } })
  const bodyOf = async (authorization?: string) => {
    const { status, headers, body } = await send(service, 'GET /jobs', authorization)
    t.equal(status, 401)
    t.equal(headers['www-authenticate'], 'Bearer realm="carillon", Basic realm="carillon"')
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
    return { ...(body as object), request_id: '' }
  }
  const missing = await bodyOf()
  t.match(missing, { status: 401, code: 'unauthorized', detail: /^This needs the API key; send / })
  for (const [what, authorization] of Object.entries(WRONG)) {
    t.strictSame(await bodyOf(authorization), missing, what)
  }
})

test('the key is not taken from the URL, a body or another header', async (t) => {
  const { request } = await createTestApp(t, { config: { apiKey: KEY } })
  for (const name of ['key', 'api_key', 'apiKey', 'access_token', 'authorization']) {
    const url = `/jobs?${new URLSearchParams({ [name]: KEY }).toString()}`
    t.equal((await request(`GET ${url}`)).status, 401, url)
  }
  const headers = { 'x-api-key': KEY, 'proxy-authorization': bearer(KEY) }
  t.equal((await request('GET /jobs', undefined, { headers })).status, 401)
  t.equal((await request('POST /jobs', { access_token: KEY })).status, 401)
})

test('the probes and what errors mean are open, and every other route is not', async (t) => {
  const service = await createTestApp(t, { config: { apiKey: KEY } })
  await service.clock.advance(0)
  const open = ['/livez', '/readyz', '/problems', '/problems/:code']
  for (const { method, url } of service.routes) {
    const expected = open.includes(url) ? 200 : 401
    const { status } = await send(
      service,
      `${method.toString()} ${url.replace(':id', '1').replace(':code', 'bad_request')}`
    )
    t.equal(status, expected, `${method.toString()} ${url}`)
  }
})

test('without the key it cannot be learned which paths and jobs exist', async (t) => {
  const service = await createTestApp(t, { config: { apiKey: KEY } })
  for (const call of ['GET /nothing', 'GET /jobs/999', 'GET /jobs/one', 'PUT /jobs', 'GET /']) {
    t.equal((await send(service, call)).status, 401, call)
  }
  t.equal((await send(service, 'GET /nothing', bearer(KEY))).status, 404)
})

test('a refused body is not read', async (t) => {
  const { request } = await createTestApp(t, { config: { apiKey: KEY } })
  t.equal((await request('POST /jobs', 'x'.repeat(1024 * 1024))).status, 401)
})

test('the metrics need the key, and count who came without', async (t) => {
  const service = await createTestApp(t, { config: { apiKey: KEY } })
  await send(service, 'GET /jobs')
  t.equal((await send(service, 'GET /metrics')).status, 401)
  const { status, text } = await send(service, 'GET /metrics', bearer(KEY))
  t.equal(status, 200)
  t.match(text, /^requests\{type="list_jobs",status="401"\} 1$/m)
})

test('the key is in no answer and no line of the log', async (t) => {
  const service = await createTestApp(t, { config: { apiKey: KEY } })
  const answers = [
    await send(service, 'GET /jobs', bearer(`${KEY}x`)),
    await send(service, 'GET /nothing', bearer(KEY)),
    await send(service, 'GET /metrics', basic(`me:${KEY}`))
  ]
  t.notMatch(JSON.stringify([answers, service.lines]), KEY.slice(0, 20))
})

test('without a key in the configuration, none is asked for', async (t) => {
  const service = await createTestApp(t)
  t.equal((await send(service, 'GET /jobs')).status, 200)
  t.equal((await send(service, 'GET /jobs', bearer(KEY))).status, 200)
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
