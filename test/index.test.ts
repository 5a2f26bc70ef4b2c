import fastifyMetrics from 'fastify-metrics'
import sensible from '@fastify/sensible'
import Fastify, { type FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import carillon, { type CarillonOptions, type Scheduler } from '../index.ts'
import type { AttemptContext } from '../src/engine/attempt.ts'
import type { Job } from '../src/domain/job.ts'
import { createHost, MEMORY } from './helpers/host.ts'
import { createManualClock } from './helpers/manual-clock.ts'

/** 32 bytes. */
const SECRET_KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='

/** A host that has one of everything of its own, each of it unlike ours. */
function createForeignHost(t: Test): FastifyInstance {
  const host = createHost(t)
  host.decorate('db', 'the database of the host')
  host.decorate('cache', 'the cache of the host')
  host.setErrorHandler((error, _request, reply) =>
    reply.code(418).send({ host: error instanceof Error ? error.message : 'error' })
  )
  host.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: 'not here' }))
  host.setValidatorCompiler(() => {
    throw new Error('The validator of the host knows no such schema.')
  })
  host.setSerializerCompiler(() => {
    throw new Error('The serializer of the host knows no such schema.')
  })
  host.setReplySerializer((payload) => JSON.stringify({ host: payload }))
  host.removeAllContentTypeParsers()
  host.addContentTypeParser('text/plain', { parseAs: 'string' }, async (_: unknown, body: string) =>
    body.toUpperCase()
  )
  host.get('/jobs', async () => ['a job of the host'])
  host.post('/echo', (request, reply) => reply.send(request.body))
  host.get('/fail', async () => {
    throw new Error('boom')
  })
  return host
}

/** What the host answers, to be compared before and after. */
async function hostAnswers(host: FastifyInstance): Promise<unknown[]> {
  const text = { 'content-type': 'text/plain' }
  const json = { 'content-type': 'application/json' }
  const answers = [
    await host.inject('/jobs'),
    await host.inject('/fail'),
    await host.inject('/nothing'),
    await host.inject({ method: 'POST', url: '/echo', headers: text, payload: 'hello' }),
    await host.inject({ method: 'POST', url: '/echo', headers: json, payload: '{}' })
  ]
  return answers.map(({ statusCode, payload, headers }) => [
    statusCode,
    payload,
    headers['content-type']
  ])
}

test('a host keeps everything that is its own, and the scheduler works beside it', async (t) => {
  const plain = createForeignHost(t)
  const host = createForeignHost(t)
  await host.register(carillon, { ...MEMORY, prefix: '/scheduler' })
  t.strictSame(await hostAnswers(host), await hostAnswers(plain))
  t.equal(Reflect.get(host, 'db'), 'the database of the host')
  t.equal(Reflect.get(host, 'cache'), 'the cache of the host')
  t.notOk(host.hasDecorator('scrape'))
  t.notOk(host.hasDecorator('health'))

  const created = await host.inject({
    method: 'POST',
    url: '/scheduler/jobs',
    payload: { name: 'n', schedule: '@daily', params: { a: null } }
  })
  t.equal(created.statusCode, 201, created.payload)
  t.equal(created.headers.location, '/scheduler/jobs/1')
  t.match(created.json(), { id: 1, params: { a: null } })
  t.strictSame((await host.inject('/scheduler/jobs/1')).json(), created.json())
  t.strictSame((await host.inject('/scheduler/jobs')).json(), [created.json()])
  const ran = await host.inject({ method: 'POST', url: '/scheduler/jobs/1/run' })
  t.equal(ran.statusCode, 201)
  t.equal(ran.headers.location, '/scheduler/runs/1')
  t.equal((await host.inject(ran.headers.location ?? '')).statusCode, 200)
  t.strictSame((await host.inject('/scheduler/readyz')).json(), { status: 'ready' })
  const refused = await host.inject({
    method: 'POST',
    url: '/scheduler/jobs',
    payload: { name: 5 }
  })
  t.equal(refused.statusCode, 400)
  t.equal(refused.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.match(refused.json(), { code: 'validation_failed', instance: '/scheduler/jobs' })
  const missing = await host.inject('/scheduler/nothing')
  t.match(missing.json(), { code: 'route_not_found', detail: /GET \/scheduler\/nothing/ })
  t.match((await host.inject('/scheduler/metrics')).payload, 'scheduler_successes{job_id="1"}')
})

test('without a prefix the routes lie at the root, and the 404 of the host stays', async (t) => {
  const host = createHost(t)
  host.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: 'not here' }))
  await host.register(carillon, MEMORY)
  t.equal((await host.inject('/jobs')).statusCode, 200)
  t.strictSame((await host.inject('/nothing')).json(), { host: 'not here' })
})

test('a host that says nothing about unknown paths keeps the answer of Fastify', async (t) => {
  const host = createHost(t)
  await host.register(carillon, MEMORY)
  t.match((await host.inject('/nothing')).json(), { error: 'Not Found', statusCode: 404 })
})

test('a host that uses the same plugins as we do can have them too', async (t) => {
  for (const order of ['before', 'after']) {
    const host = createHost(t)
    const own = async (): Promise<void> => {
      await host.register(sensible)
      await host.register(fastifyMetrics.default, { endpoint: '/host-metrics' })
    }
    if (order === 'before') await own()
    await host.register(carillon, { ...MEMORY, prefix: '/scheduler' })
    if (order === 'after') await own()
    host.get('/teapot', async () => {
      throw host.httpErrors.imateapot()
    })
    await host.ready()
    t.equal((await host.inject('/teapot')).statusCode, 418, order)
    t.equal((await host.inject('/scheduler/jobs')).statusCode, 200, order)
    const ours = (await host.inject('/scheduler/metrics')).payload
    t.notMatch(ours, /teapot/, `what the host serves is not in our metrics, ${order}`)
    const theirs = (await host.inject('/host-metrics')).payload
    t.notMatch(theirs, /cache_hits|scheduler_/, `ours are not in those of the host, ${order}`)
    host.metrics.client.register.clear()
  }
})

test('a handler gets params, a signal and a log, and what it returns is the result', async (t) => {
  const host = createHost(t)
  const clock = createManualClock()
  const seen: AttemptContext[] = []
  await host.register(carillon, {
    ...MEMORY,
    clock,
    handlers: {
      'send-email': async (attempt) => {
        seen.push(attempt)
        attempt.log.info({}, 'Sending.')
        return { sent: true }
      }
    }
  })
  await host.ready()
  const job = await host.scheduler.createJob({
    name: 'n',
    schedule: '@daily',
    params: { to: 'a@example.com' },
    target: { type: 'handler', name: 'send-email' }
  })
  const run = await host.scheduler.run(job.id)
  await clock.advance(10)
  const [attempt] = seen
  t.strictSame(attempt?.params, { to: 'a@example.com' })
  t.ok(attempt?.signal instanceof AbortSignal)
  t.notOk(attempt?.signal.aborted)
  t.equal(attempt?.run.id, run.id)
  t.match(await host.scheduler.getRun(run.id), { state: 'succeeded', result: { sent: true } })
})

test('a run waits for a handler that the host registers later', async (t) => {
  const host = createHost(t)
  const clock = createManualClock()
  await host.register(carillon, { ...MEMORY, clock })
  await host.ready()
  const job = await host.scheduler.createJob({
    name: 'n',
    schedule: '@daily',
    target: { type: 'handler', name: 'late' }
  })
  const run = await host.scheduler.run(job.id)
  await clock.advance(2_000)
  t.match(await host.scheduler.getRun(run.id), { state: 'pending', reason: 'no_handler' })
  host.scheduler.handle('late', () => 'there')
  await clock.advance(10)
  t.match(await host.scheduler.getRun(run.id), { state: 'succeeded', result: 'there' })
  t.throws(() => host.scheduler.handle('late', () => 0), { code: 'handler_exists' })
})

test('the methods of the scheduler give and take the shapes of the API', async (t) => {
  const host = createHost(t)
  await host.register(carillon, MEMORY)
  const { scheduler } = host
  const created = await scheduler.createJob({ name: 'n', repeat_interval: '1h' })
  t.strictSame((await host.inject('/jobs/1')).json(), created)
  t.strictSame(await scheduler.getJob(1), created)
  t.match(await scheduler.updateJob(1, { name: 'm' }), { name: 'm', version: 2 })
  t.match(await scheduler.pause(1, { reason: 'r' }), { state: 'paused', pause_reason: 'r' })
  t.match(await scheduler.resume(1), { state: 'enabled' })
  t.strictSame((await host.inject('/jobs')).json(), await scheduler.listJobs())
  await scheduler.deleteJob(1)
  t.strictSame((await host.inject('/jobs')).json(), [], 'the routes see what the methods do')
  await t.rejects(scheduler.getJob(1), { code: 'job_not_found' })
  await t.rejects(scheduler.createJob({ name: '' }), { code: 'validation_failed' })
})

test('it begins when the host is ready, without listening, and stops when it closes', async (t) => {
  const host = Fastify()
  const clock = createManualClock()
  let ended = ''
  await host.register(carillon, {
    ...MEMORY,
    clock,
    handlers: {
      slow: async ({ signal }) => {
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve())
          clock.setTimer(resolve, 5_000)
        })
        ended = signal.aborted ? 'aborted' : 'by itself'
      }
    }
  })
  t.equal(host.scheduler.status().state, 'idle')
  await host.inject('/livez')
  t.equal(host.scheduler.status().state, 'running')
  const job = await host.scheduler.createJob({
    name: 'n',
    schedule: '@daily',
    target: { type: 'handler', name: 'slow' }
  })
  await host.scheduler.run(job.id)
  let closed = false
  const closing = host.close().then(() => (closed = true))
  while (!closed) await clock.advance(1_000)
  await closing
  t.equal(ended, 'by itself', 'what ran came to its end')
  t.equal(host.scheduler.status().state, 'stopped')
})

test('closing the host while it is being stopped by hand waits for the end of what runs', async (t) => {
  const host = Fastify()
  const clock = createManualClock()
  let end: () => void = () => undefined
  let over = false
  await host.register(carillon, {
    ...MEMORY,
    clock,
    handlers: {
      slow: async () => {
        await new Promise<void>((resolve) => (end = resolve))
        over = true
      }
    }
  })
  await host.ready()
  const settled: string[] = []
  host.scheduler.events.on('runs_settled', ({ runs }) =>
    settled.push(...runs.map((run) => run.state))
  )
  const job = await host.scheduler.createJob({
    name: 'n',
    schedule: '@daily',
    target: { type: 'handler', name: 'slow' }
  })
  await host.scheduler.run(job.id)
  const stopping = host.scheduler.stop({ graceMs: 60_000 })
  const closing = host.close()
  await clock.advance(1_000)
  t.notOk(over)
  end()
  await clock.advance(1_000)
  await Promise.all([stopping, closing])
  t.strictSame(settled, ['succeeded'], 'the result was written before the database was closed')
})

test('autoStart: false leaves the start to the host', async (t) => {
  const host = createHost(t)
  await host.register(carillon, { ...MEMORY, autoStart: false })
  await host.ready()
  t.equal(host.scheduler.status().state, 'idle')
  await host.scheduler.start()
  t.equal(host.scheduler.status().state, 'running')
})

test('routes: false gives the scheduler alone', async (t) => {
  const host = createHost(t)
  await host.register(carillon, { ...MEMORY, routes: false })
  t.equal((await host.inject('/jobs')).statusCode, 404)
  t.equal((await host.inject('/metrics')).statusCode, 404)
  t.match(await host.scheduler.createJob({ name: 'n', schedule: '@daily' }), { id: 1 })
})

test('two schedulers in one host keep apart', async (t) => {
  const host = createHost(t)
  await host.register(carillon, { ...MEMORY, prefix: '/one' })
  await host.register(carillon, { ...MEMORY, prefix: '/two', decorateAs: 'second' })
  await host.ready()
  const second = Reflect.get(host, 'second') as Scheduler
  await host.scheduler.createJob({ name: 'first', schedule: '@daily' })
  await second.createJob({ name: 'second', schedule: '@daily' })
  const namesAt = async (path: string): Promise<string[]> =>
    (await host.inject(path)).json<Job[]>().map((job) => job.name)
  t.strictSame(await namesAt('/one/jobs'), ['first'])
  t.strictSame(await namesAt('/two/jobs'), ['second'])
})

test('the same name twice in one host is refused by name', async (t) => {
  const host = Fastify()
  await host.register(carillon, { ...MEMORY, prefix: '/one' })
  await t.rejects(async () => {
    await host.register(carillon, { ...MEMORY, prefix: '/two' })
  }, /'scheduler' has already been added/)
  await host.close().catch(() => undefined)
})

for (const [options, says] of [
  [{ databse: 'x' }, /"databse" is not a known option\. Did you mean "database"\?/],
  [{ handler: {} }, /"handler" is not a known option\. Did you mean "handlers"\?/],
  [{ prefx: '/x' }, /Did you mean "prefix"\?/],
  [{ port: 9000 }, /"port" is not a known option/],
  [{ cacheJobs: -1 }, /"cacheJobs" is -1, but must lie between 0/],
  [{ lease: 'long' }, /"lease" is "long", but must be a duration such as "30s"/],
  [{ database: 'mongodb://x' }, /"mongodb:" is not supported/]
] as const) {
  test(`the option ${JSON.stringify(options)} stops the start with a sentence`, async (t) => {
    const host = Fastify()
    await t.rejects(
      async () => {
        await host.register(carillon, { ...MEMORY, ...options } as CarillonOptions)
      },
      { code: 'invalid_configuration', message: says }
    )
    await host.close().catch(() => undefined)
  })
}

test('a host whose start fails later is closed without a trace of ours', async (t) => {
  const host = Fastify()
  await host.register(carillon, MEMORY)
  await t.rejects(async () => {
    await host.register(async () => {
      throw new Error('a fault of the host')
    })
  }, /a fault of the host/)
  await t.resolves(host.close())
})

test('what a host app gave us is told of the configuration, and nothing of its own', async (t) => {
  const host = createHost(t)
  await host.register(carillon, {
    prefix: '/jobs-app',
    ...MEMORY,
    maxConcurrentRuns: 3,
    secretKey: SECRET_KEY
  })
  await host.ready()
  const answer = await host.inject('/jobs-app/system')
  t.equal(answer.statusCode, 200)
  t.notMatch(answer.payload, SECRET_KEY)
  const { config, cache } = await host.scheduler.system()
  t.strictSame(answer.json().config, config)
  const options = Object.fromEntries(config.map((option) => [option.name, option]))
  t.match(options, {
    maxConcurrentRuns: { value: 3, source: 'option' },
    secretKey: { value: '***', source: 'option' },
    lease: { value: 30_000, source: 'default' }
  })
  t.notOk('port' in options || 'apiKey' in options, 'listening is the business of the host')
  t.match(cache, { size: 0, max: 10_000 })
})
