import path from 'node:path'
import autoload from '@fastify/autoload'
import { mkdir, writeFile } from 'node:fs/promises'
import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { test } from 'tap'
import carillon, { type CarillonOptions, type Scheduler } from '../../index.ts'
import { createHost, DAILY, MEMORY, postJob, UNDER_PREFIX } from '../helpers/host.ts'
import { createFolder } from '../helpers/service.ts'

test('under every prefix the routes are there, and name their own places', async (t) => {
  for (const [prefix, at] of [
    ['/', ''],
    ['', ''],
    ['/s', '/s'],
    ['s', '/s'],
    ['/s/', '/s'],
    ['/a/b', '/a/b'],
    ['/:tenant/s', '/acme/s'],
    ['/jobs', '/jobs']
  ] as const) {
    const host = createHost(t)
    await host.register(carillon, { ...MEMORY, prefix })
    const created = await postJob(host, DAILY, `${at}/jobs`)
    t.equal(created.headers.location, `${at}/jobs/1`, prefix)
    const headers = { 'content-type': 'application/json' }
    const kept = await host.inject({
      method: 'PUT',
      url: `${at}/jobs/by-key/jobs?dry_run=false`,
      headers,
      payload: DAILY
    })
    t.equal(kept.headers.location, `${at}/jobs/2`, prefix)
    const ran = await host.inject({ method: 'POST', url: `${at}/jobs/1/run` })
    t.equal(ran.headers.location, `${at}/runs/1`, prefix)
    for (const { location } of [created.headers, kept.headers, ran.headers]) {
      t.equal((await host.inject(String(location))).statusCode, 200, `${prefix} ${location}`)
    }
    const { link } = (await host.inject(`${at}/jobs?limit=1`)).headers
    const next = /^<(.*)>/.exec(String(link))?.[1]
    t.equal((await host.inject(`${at}/jobs${next}`)).json().length, 1, 'relative to the list')
  }
})

test('at the root, what is unknown is left to the host', async (t) => {
  for (const prefix of ['/', '']) {
    const host = createHost(t)
    await host.register(carillon, { ...MEMORY, prefix })
    host.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: 'not here' }))
    t.strictSame((await host.inject('/nothing')).json(), { host: 'not here' }, prefix)
  }
})

test('inside a plugin of the host it is there for that plugin alone', async (t) => {
  const host = createHost(t)
  await host.register(
    async (inner) => {
      inner.setNotFoundHandler((_request, reply) => reply.code(404).send({ inner: 'not here' }))
      await inner.register(carillon, UNDER_PREFIX)
      inner.get('/count', () => inner.scheduler.countJobs().then(String))
    },
    { prefix: '/inner' }
  )
  const created = await postJob(host, DAILY, '/inner/scheduler/jobs')
  t.equal(created.headers.location, '/inner/scheduler/jobs/1')
  t.equal((await host.inject('/inner/count')).payload, '1')
  t.strictSame((await host.inject('/inner/nothing')).json(), { inner: 'not here' })
  t.match((await host.inject('/inner/scheduler/nothing')).json(), { code: 'route_not_found' })
  t.notOk(host.hasDecorator('scheduler'))
  t.equal((await host.inject('/scheduler/jobs')).statusCode, 404)
})

test('a folder of plugins that the host loads by itself may hold it', async (t) => {
  const folder = await createFolder(t)
  const plugins = path.join(folder, 'plugins')
  await mkdir(plugins)
  const entry = path.join(import.meta.dirname, '../../index.ts')
  const source = `export { default } from ${JSON.stringify(entry)}
    export const autoConfig = { prefix: '/scheduler', database: 'sqlite::memory:' }`
  await writeFile(path.join(plugins, 'scheduler.mjs'), source)
  const host = createHost(t)
  await host.register(autoload, { dir: plugins })
  t.equal((await postJob(host)).statusCode, 201)
  t.equal(await host.scheduler.countJobs(), 1)
})

/** Options of a server, and requests that must be answered as without them. */
const SERVERS: readonly [what: string, options: FastifyServerOptions, paths: readonly string[]][] =
  [
    ['ignoreTrailingSlash', { routerOptions: { ignoreTrailingSlash: true } }, ['jobs', 'jobs/']],
    ['ignoreDuplicateSlashes', { routerOptions: { ignoreDuplicateSlashes: true } }, ['/jobs']],
    ['caseSensitive: false', { routerOptions: { caseSensitive: false } }, ['JOBS', 'jobs']],
    ['exposeHeadRoutes: false', { exposeHeadRoutes: false }, ['jobs']],
    ['genReqId', { genReqId: () => 'id of the host' }, ['jobs']],
    ['requestIdHeader', { requestIdHeader: 'x-request-id' }, ['jobs']],
    [
      'no request logging',
      { logController: new LogController({ disableRequestLogging: true }) },
      ['jobs']
    ],
    ['a small bodyLimit', { bodyLimit: 10 }, ['jobs']],
    ['return503OnClosing', { return503OnClosing: false }, ['jobs']],
    ['trustProxy', { trustProxy: true }, ['jobs']]
  ]

for (const [what, options, paths] of SERVERS) {
  test(`in a server with ${what} it works as in any`, async (t) => {
    const host = createHost(t, options)
    await host.register(carillon, UNDER_PREFIX)
    for (const at of paths) {
      const created = await postJob(host, DAILY, `/scheduler/${at}`)
      t.equal(created.statusCode, 201, created.payload)
      const { location } = created.headers
      t.strictSame((await host.inject(String(location))).json(), created.json(), at)
    }
    const problem = (await postJob(host, {})).json()
    t.match(problem, { status: 400, code: 'validation_failed', request_id: /./ })
    if (what === 'genReqId') t.equal(problem.request_id, 'id of the host')
  })
}

test('in a server that rewrites URLs every place that is named can be asked for', async (t) => {
  const host = createHost(t, {
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/public/, '/scheduler')
  })
  await host.register(carillon, UNDER_PREFIX)
  const created = await postJob(host, DAILY, '/public/jobs')
  t.equal(created.statusCode, 201)
  t.equal((await host.inject(String(created.headers.location))).statusCode, 200)
  const { location } = (await host.inject({ method: 'POST', url: '/public/jobs/1/run' })).headers
  t.equal((await host.inject(String(location))).statusCode, 200)
})

test('what it writes goes to the logger of the host, with its request', async (t) => {
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) }
  const host = createHost(t, { logger: { level: 'info', stream, name: 'host' } })
  await host.register(carillon, {
    ...UNDER_PREFIX,
    handlers: { speak: async ({ log }) => log.info({ said: 1 }, 'Spoken.') }
  })
  await host.ready()
  const settled = new Promise((resolve) => host.scheduler.events.on('runs_settled', resolve))
  const job = await host.scheduler.createJob({
    ...DAILY,
    target: { type: 'handler', name: 'speak' }
  })
  await host.scheduler.run(job.id)
  await settled
  t.match(
    lines.find((line) => line['msg'] === 'Spoken.'),
    { name: 'host', said: 1 }
  )
})

/** Two hosts, or one host twice, as a process may have them. */
async function registerTwice(
  [first, second]: readonly [FastifyInstance, FastifyInstance],
  databases: readonly [string, string]
): Promise<readonly [Scheduler, Scheduler]> {
  const options = { autoStart: false } satisfies CarillonOptions
  await first.register(carillon, { ...options, prefix: '/one', database: databases[0] })
  await second.register(carillon, {
    ...options,
    prefix: '/two',
    database: databases[1],
    decorateAs: 'second'
  })
  await first.ready()
  await second.ready()
  return [first.scheduler, Reflect.get(second, 'second')]
}

test('twice on one database file, both see what either does', async (t) => {
  const url = `sqlite:${path.join(await createFolder(t), 'jobs.db')}`
  const host = createHost(t)
  const [one, two] = await registerTwice([host, host], [url, url])
  await one.createJob({ ...DAILY, name: 'first' })
  await two.createJob({ ...DAILY, name: 'second' })
  for (const scheduler of [one, two]) {
    t.strictSame(
      (await scheduler.listJobs()).map((job) => job.name),
      ['first', 'second']
    )
  }
  for (const at of ['/one', '/two']) t.equal((await host.inject(`${at}/jobs`)).json().length, 2)
  await one.start()
  await two.start()
  const settled = Promise.race(
    [one, two].map(
      (scheduler) => new Promise((resolve) => scheduler.events.on('runs_settled', resolve))
    )
  )
  const run = await one.run(1)
  await settled
  t.match(await two.getRun(run.id), { state: 'succeeded', attempt: 1 })
})

test('in two hosts of one process they keep apart', async (t) => {
  const hosts = [createHost(t), createHost(t)] as const
  const [one, two] = await registerTwice(hosts, ['sqlite::memory:', 'sqlite::memory:'])
  await one.createJob(DAILY)
  t.equal(await one.countJobs(), 1)
  t.equal(await two.countJobs(), 0)
  await hosts[0].close()
  t.equal((await hosts[1].inject('/two/jobs')).statusCode, 200, 'closing one leaves the other')
})

test('a host without a word about the scheduler in its types can register it', async (t) => {
  const host = Fastify({ http2: true })
  t.teardown(() => host.close())
  await host.register(carillon, UNDER_PREFIX)
  t.equal((await host.inject('/scheduler/jobs')).statusCode, 200)
})
