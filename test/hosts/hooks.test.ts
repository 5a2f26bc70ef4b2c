import helmet from '@fastify/helmet'
import sensible from '@fastify/sensible'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { test } from 'tap'
import carillon from '../../index.ts'
import { createHost, DAILY, postJob, UNDER_PREFIX } from '../helpers/host.ts'

declare module 'fastify' {
  interface FastifyRequest {
    who: string | null
  }
}

function routesOf(host: FastifyInstance): RouteOptions[] {
  const routes: RouteOptions[] = []
  host.addHook('onRoute', (route) => {
    routes.push(route)
  })
  return routes
}

test('a hook that refuses strangers guards every route of ours, whatever it is', async (t) => {
  const host = createHost(t)
  const routes = routesOf(host)
  await host.register(sensible)
  host.addHook('onRequest', async (request) => {
    if (request.headers.authorization !== 'Bearer friend') throw host.httpErrors.unauthorized()
  })
  await host.register(carillon, UNDER_PREFIX)
  await host.ready()
  t.ok(routes.length > 20)
  for (const { method, url } of routes) {
    const path = url.replace(/:\w+/, '1')
    for (const one of [method].flat()) {
      const { statusCode } = await host.inject({ method: one as 'GET', url: path })
      t.equal(statusCode, 401, `${one} ${path}`)
    }
  }
  t.equal((await host.inject('/scheduler/nothing')).statusCode, 401, 'nor does it tell what exists')
  const headers = { authorization: 'Bearer friend' }
  t.equal((await host.inject({ url: '/scheduler/jobs', headers })).statusCode, 200)
})

test('what a hook of the host throws or sends is what the client gets', async (t) => {
  const host = createHost(t)
  host.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-fault'] === 'sent') return reply.code(402).send({ host: 'pay first' })
    if (request.headers['x-fault'] === 'thrown') throw new Error('a secret of the host')
  })
  await host.register(carillon, UNDER_PREFIX)
  const get = (fault: string) =>
    host.inject({ url: '/scheduler/jobs', headers: { 'x-fault': fault } })
  const sent = await get('sent')
  t.equal(sent.statusCode, 402)
  t.strictSame(sent.json(), { host: 'pay first' })
  const thrown = await get('thrown')
  t.match(thrown.json(), { status: 500, code: 'internal_error' })
  t.notMatch(thrown.payload, /secret/)
})

test('hooks of the host see our requests and may rewrite our answers', async (t) => {
  const host = createHost(t)
  const seen: string[] = []
  host.decorateRequest('who', null)
  host.addHook('onRequest', async (request) => {
    request.who = 'ann'
  })
  host.addHook('preParsing', async (_request, _reply, payload) => payload)
  host.addHook('preHandler', async (request) => {
    seen.push(`${request.who} ${request.routeOptions.url}`)
  })
  host.addHook('preSerialization', async (_request, _reply, payload: object) => ({
    ...payload,
    added: 'by the host'
  }))
  host.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-host', 'yes')
    return typeof payload === 'string' ? payload.replace('"daily"', '"renamed"') : payload
  })
  await host.register(carillon, UNDER_PREFIX)
  const created = await postJob(host)
  t.match(created.json(), { name: 'renamed', added: 'by the host' })
  t.equal(created.headers['x-host'], 'yes')
  t.match((await host.inject('/scheduler/jobs/1')).json(), { name: 'renamed' })
  t.match(await host.scheduler.getJob(1), DAILY, 'what is stored is as it was sent')
  t.strictSame(seen, ['ann /scheduler/jobs', 'ann /scheduler/jobs/:id'])
})

test('a request sent again gets the first answer in a host with hooks, too', async (t) => {
  const host = createHost(t)
  host.addHook('preHandler', async () => undefined)
  host.addHook('onSend', async (_request, _reply, payload) => payload)
  await host.register(carillon, UNDER_PREFIX)
  const headers = { 'idempotency-key': 'once' }
  const post = () =>
    host.inject({ method: 'POST', url: '/scheduler/jobs', headers, payload: DAILY })
  const [first, second] = [await post(), await post()]
  t.equal(second.payload, first.payload)
  t.equal(second.headers.location, '/scheduler/jobs/1')
  t.equal(second.headers['idempotency-replayed'], 'true')
})

test('headers that helmet sets are on our answers, on refusals and streams too', async (t) => {
  const host = createHost(t)
  await host.register(helmet)
  await host.register(carillon, UNDER_PREFIX)
  const paths = ['jobs', 'jobs/7', 'nothing', 'jobs/export', 'metrics']
  for (const path of paths) {
    const { headers } = await host.inject(`/scheduler/${path}`)
    t.equal(headers['x-content-type-options'], 'nosniff', path)
    t.match(headers['content-security-policy'], /default-src/, path)
  }
})

test('the scheduler is at hand in siblings, routes and hooks of the host', async (t) => {
  const host = createHost(t)
  await host.register(carillon, UNDER_PREFIX)
  await host.register(async (sibling) => {
    await sibling.scheduler.createJob(DAILY)
    sibling.addHook('onRequest', async function count(_request, reply) {
      reply.header('x-jobs', await this.scheduler.countJobs())
    })
    sibling.get('/names', (request) =>
      request.server.scheduler.listJobs().then((jobs) => jobs.map((job) => job.name))
    )
  })
  const { headers, payload } = await host.inject('/names')
  t.equal(headers['x-jobs'], '1')
  t.equal(payload, '["daily"]')
})

test('decorators of the host with the names of ours stay the ones of the host', async (t) => {
  const names = ['db', 'cache', 'clock', 'clockSkewMs', 'scrape', 'health', 'operationsFor']
  const others = ['requestMetrics', 'httpErrors', 'assert', 'to', 'metrics', 'swagger']
  const host = createHost(t)
  for (const name of [...names, ...others]) host.decorate(name, `${name} of the host`)
  host.decorate('scheduler', 'the timer of the host' as never)
  await host.register(carillon, { ...UNDER_PREFIX, decorateAs: 'jobs' })
  t.equal((await postJob(host)).statusCode, 201)
  t.equal((await host.inject('/scheduler/metrics')).statusCode, 200)
  for (const name of [...names, ...others]) {
    t.equal(Reflect.get(host, name), `${name} of the host`)
  }
  t.equal(host.scheduler, 'the timer of the host')
})
