import { test, type Test } from 'tap'
import { SCOPES, type Action, type Authorize } from '../../index.ts'
import { createTestApp } from '../helpers/app.ts'

/** Our routes in a host application that decides by itself; what it was asked about, in order. */
async function createGuarded(t: Test, decide: Authorize) {
  const asked: Action[] = []
  const authorize: Authorize = (request, action) => {
    asked.push(action)
    return decide(request, action)
  }
  return { ...(await createTestApp(t, { authorize })), asked }
}

test('the host is asked about each route with its scope, and refuses by false alone', async (t) => {
  const { routes, request, asked } = await createGuarded(t, () => false)
  let guarded = 0
  for (const { method, url, config } of routes) {
    asked.length = 0
    const path = url.replace(':id', '1').replace(/:\w+/, 'bad_request')
    const { status, body } = await request(`${method.toString()} ${path}`)
    if (config?.open === true) {
      t.not(status, 403, url)
      t.strictSame(asked, [], url)
      continue
    }
    guarded++
    t.equal(status, 403, url)
    if (body !== '') t.match(body, { code: 'forbidden', detail: /it needs the right to \w+\.$/ })
    const { operation } = config ?? {}
    // What one may do is asked for each scope, and once more for the refusal.
    const scopes = config?.scope === null ? [...SCOPES, 'read'] : [config?.scope]
    t.strictSame(
      asked,
      scopes.map((scope) => ({ operation, scope })),
      url
    )
  }
  t.ok(guarded > 40, String(guarded))
})

test('what one may do is what the host says for each scope', async (t) => {
  const reads = await createGuarded(
    t,
    async (_request, { scope }) => scope !== 'admin' && scope !== 'write' && { actor: 'ann' }
  )
  t.strictSame((await reads.request('GET /access')).body, {
    scopes: ['read', 'run'],
    actor: 'ann',
    title: 'Carillon'
  })
  t.strictSame(
    reads.asked,
    SCOPES.map((scope) => ({ operation: 'get_access', scope }))
  )
  const unguarded = await createTestApp(t)
  t.match((await unguarded.request('GET /access')).body, { scopes: SCOPES, actor: null })
  const failing = await createGuarded(t, async () => {
    throw new Error('The directory is away.')
  })
  t.equal((await failing.request('GET /access')).status, 500, 'a failure is no refusal')
})

test('what is allowed is carried out, at once or after a while', async (t) => {
  for (const verdict of [true, { actor: 'ann' }]) {
    const decide = [() => verdict, async () => verdict]
    for (const one of decide) {
      const { request } = await createGuarded(t, one)
      t.equal((await request('POST /jobs', { name: 'job', schedule: '@daily' })).status, 201)
      t.equal((await request('GET /jobs/1')).status, 200)
    }
  }
})

test('what is neither yes nor somebody is a no', async (t) => {
  for (const verdict of [undefined, null, 0, '', {}, { actor: 7 }, 'yes', 1, []]) {
    const { request } = await createGuarded(t, () => verdict as unknown as boolean)
    t.equal((await request('GET /jobs')).status, 403, JSON.stringify(verdict))
  }
})

test('a host that fails lets nobody in', async (t) => {
  const { request } = await createGuarded(t, async () => {
    throw new Error('a secret of the host')
  })
  const { status, text } = await request('GET /jobs')
  t.equal(status, 500)
  t.notMatch(text, /secret/)
})

test('the host is asked before a body is read', async (t) => {
  const { request } = await createGuarded(t, () => false)
  t.equal((await request('POST /jobs', 'x'.repeat(1024 * 1024))).status, 403)
})

test('to run many jobs at once, the host is asked for both', async (t) => {
  const { request, asked } = await createGuarded(t, (_request, { scope }) => scope !== 'run')
  const bulk = (body: object) => request('POST /jobs/bulk', { filter: { ids: [1] }, ...body })
  t.equal((await bulk({ action: 'run' })).status, 403)
  t.strictSame(asked, [
    { operation: 'bulk_jobs', scope: 'write' },
    { operation: 'bulk_jobs', scope: 'run' }
  ])
  t.equal((await bulk({ action: 'pause' })).status, 200)
})

test('whom the host names has idempotency keys of their own', async (t) => {
  const { request } = await createGuarded(t, ({ headers }) => ({
    actor: String(headers['x-user'])
  }))
  const create = async (user: string) => {
    const { body } = await request('POST /jobs', undefined, {
      payload: { name: 'job', schedule: '@daily' },
      headers: { 'x-user': user, 'idempotency-key': 'one' }
    })
    return (body as { id: number }).id
  }
  t.strictSame([await create('ann'), await create('bob'), await create('ann')], [1, 2, 1])
})

test('in a host there are no routes about keys, and keys open nothing', async (t) => {
  const { server, app } = await createTestApp(t)
  const { key } = await app.scheduler.keys.create({ name: 'k', scopes: ['read'] })
  for (const call of ['GET /keys', 'POST /keys', 'GET /keys/1', 'DELETE /keys/1']) {
    const [method = '', url = ''] = call.split(' ')
    const answer = await server.inject({ method: method as 'GET', url })
    t.match(answer.json(), { status: 404, code: 'route_not_found' }, call)
  }
  const headers = { authorization: `Bearer ${key}` }
  const payload = { name: 'x', schedule: '@daily' }
  const made = await server.inject({ method: 'POST', url: '/jobs', headers, payload })
  t.equal(made.statusCode, 201)
})
