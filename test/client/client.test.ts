import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'tap'
import { ConnectionError, createClient, ProblemError } from '../../client.ts'
import type { Handler } from '../../src/engine/targets/handler.ts'
import { createTestClient } from '../helpers/client.ts'

const hourly = { schedule: '0 * * * *' }

test('every call of the scheduler is the same by the client, and answers the same', async (t) => {
  const { client, app, clock } = await createTestClient(t)
  const { scheduler } = app
  const job = await client.createJob({ name: 'a', ...hourly, params: { deep: ['é', null] } })
  t.strictSame(job, await scheduler.getJob(job.id))
  t.strictSame(await client.getJob(1), job)
  t.match(await client.updateJob(1, { name: 'b' }), { name: 'b', version: 2 })
  t.match(await client.replaceJob(1, { name: 'c', ...hourly }), { name: 'c', params: null })
  t.match(await client.putJob('a/ b', { name: 'keyed', ...hourly }), {
    created: true,
    job: { id: 2 }
  })
  t.match(await client.putJob('a/ b', { name: 'again', ...hourly }), { created: false })
  t.match(await client.pause(1, { reason: 'why' }), { state: 'paused', pause_reason: 'why' })
  t.match(await client.resume(1), { state: 'enabled' })
  t.match(await client.skip(1, 2), { skip_next: 2 })
  t.match(
    await client.preview({ schedule: '@daily' }),
    await scheduler.preview({ schedule: '@daily' })
  )
  t.match(await client.listNext(1, { count: 2 }), await scheduler.listNext(1, { count: 2 }))
  t.strictSame(
    await client.listActivity({ ids: [2, 1] }),
    await scheduler.listActivity({ ids: [2, 1] })
  )
  t.match(await client.forecast({}), await scheduler.forecast({}))
  const run = await client.run(1, { params: 'now' })
  await clock.advance(10)
  t.match(await client.getRun(run.id), { state: 'succeeded' })
  const [before, hour] = await client.listRunHours({ hours: 2 })
  t.match([before, hour], [{ succeeded: 0 }, { succeeded: 1 }])
  t.strictSame([before, hour], await scheduler.listRunHours({ hours: 2 }))
  t.equal((await client.listRunHours()).length, 24)
  t.match(await client.explain(1, run.scheduled_for), { at: run.scheduled_for })
  t.match(await client.testTarget({ target: { type: 'http', url: 'http://127.0.0.1:1' } }), {
    ok: false,
    error: { code: 'network' }
  })
  t.equal(await client.countJobs({ q: 'again' }), 1)
  t.match(await client.bulk({ filter: { all: true }, action: 'pause' }), { done: 2 })
  const [first, second] = await Array.fromAsync(client.exportJobs())
  t.match([first, second], [{ name: 'c' }, { key: 'a/ b' }])
  t.match(await client.apply({ jobs: second === undefined ? [] : [second] }), { unchanged: 1 })
  t.match(await Array.fromAsync(client.listChanges(2)), [
    { action: 'paused' },
    {},
    { action: 'created' }
  ])
  t.equal(await client.deleteJob(1), undefined)
  await t.rejects(client.getJob(1), { code: 'job_not_found' })
  t.strictSame(await client.health(), { ready: true, faults: [], paused: false })
  t.match(await client.metrics(), /^scheduler_jobs/m)
})

test('what a run sent and logged, and its neighbours, are asked for', async (t) => {
  const work: Handler = ({ log }) => {
    log.info({ n: 1 }, 'one')
    log.warn({}, 'two')
  }
  const { client, clock, app, request } = await createTestClient(t, { handlers: { work } })
  const target = { type: 'handler', name: 'work' } as const
  const job = await client.createJob({ name: 'a', ...hourly, target })
  const run = await client.run(job.id)
  await clock.advance(10)
  const { id } = await client.run(job.id)
  await clock.advance(10)
  t.strictSame(await client.listRunLogs(run.id), await app.scheduler.listRunLogs(run.id))
  const first = await client.listRunLogs(run.id, { limit: 1 })
  t.match(first.lines, [{ attempt: 1, line: 1, level: 'info', message: 'one', fields: { n: 1 } }])
  const after = first.cursor ?? ''
  t.match((await client.listRunLogs(run.id, { after })).lines, [{ message: 'two' }])
  t.strictSame(await client.getRunNeighbours(id), { previous_run_id: run.id, next_run_id: null })
  await t.rejects(client.getRunRequest(id), { code: 'no_request', status: 404 })
  await t.rejects(client.getRunRequest(id, { attempt: 5 }), { code: 'validation_failed' })
  await t.rejects(client.listRunLogs(id, { after: 'x' }), { code: 'validation_failed' })
  for (const [path, status] of [
    ['logs', 200],
    ['logs?limit=0', 400],
    ['logs?before=x', 400],
    ['neighbours', 200],
    ['request?attempt=0', 400],
    ['request', 404]
  ] as const) {
    t.equal((await request(`GET /runs/${id}/${path}`)).status, status, path)
  }
})

test('a dry run is told and does nothing', async (t) => {
  const { client } = await createTestClient(t)
  t.match(await client.dryRun.createJob({ name: 'a', ...hourly }), { dry_run: true })
  t.equal(await client.countJobs(), 0)
  const { id } = await client.createJob({ name: 'a', ...hourly })
  const { dryRun } = client
  t.match(await dryRun.putJob('k', { name: 'k', ...hourly }), { dry_run: true })
  t.match(await dryRun.updateJob(id, { name: 'x' }), { dry_run: true })
  t.match(await dryRun.replaceJob(id, { name: 'x', ...hourly }), { dry_run: true })
  t.match(await dryRun.pause(id), { dry_run: true })
  t.match(await dryRun.skip(id, 1), { dry_run: true })
  t.match(await dryRun.run(id), { dry_run: true })
  t.match(await dryRun.bulk({ filter: { all: true }, action: 'delete' }), {
    dry_run: true,
    done: 1
  })
  t.match(await dryRun.apply({ jobs: [] }), { dry_run: true })
  const crontab = '@daily curl http://localhost:9/'
  t.match(await dryRun.importCrontab({ crontab }), { dry_run: true, created: 1 })
  t.match(await dryRun.deleteJob(id, { running: 'refuse' }), { dry_run: true })
  t.match(await client.getJob(id), { name: 'a', version: 1 })
})

test('a list is read to its end, page by page', async (t) => {
  const { client, app, clock } = await createTestClient(t)
  for (let index = 0; index < 7; index++)
    await app.scheduler.createJob({ name: `j${index}`, ...hourly })
  const names = async (jobs: AsyncIterable<{ name: string }>): Promise<string> =>
    (await Array.fromAsync(jobs)).map(({ name }) => name).join()
  t.equal(await names(client.listJobs({ limit: 3 })), 'j0,j1,j2,j3,j4,j5,j6')
  t.equal(await names(client.listJobs({ limit: 2, sort: '-name' })), 'j6,j5,j4,j3,j2,j1,j0')
  t.equal(await names(client.listJobs({ q: 'J3' })), 'j3')
  const first = await client.listJobs({ limit: 4, count: true }).page()
  t.match(first, { total: 7, items: { length: 4 } })
  const second = await first.next()
  t.match(second, { items: { length: 3 } })
  t.equal(second?.next(), null)
  const pages = await Array.fromAsync(client.listJobs({ limit: 3 }).pages())
  t.strictSame(
    pages.map(({ items }) => items.length),
    [3, 3, 1]
  )
  for (let count = 0; count < 3; count++) {
    await client.run(1)
    await clock.advance(10)
  }
  t.equal((await Array.fromAsync(client.listRuns({ limit: 2, state: 'succeeded' }))).length, 3)
  t.equal((await Array.fromAsync(client.listJobRuns(1, { limit: 2 }))).length, 3)
  t.equal((await Array.fromAsync(client.listRuns({ job_id: 2 }))).length, 0)
  t.equal((await Array.fromAsync(client.listJobRuns(1, { reason: 'overlap' }))).length, 0)
  const retry = { filter: { job_id: 1 }, action: 'retry' } as const
  t.match(await client.dryRun.bulkRuns(retry), { dry_run: true, matched: 0, refused: [] })
  t.match(await client.bulkRuns(retry), { dry_run: false, matched: 0, more: false })
})

test('a refusal is an error with the code, the fields and the sentence of the service', async (t) => {
  const { client } = await createTestClient(t)
  const wrong = { name: 'x', schedul: '@daily' } as never
  const error = await client.createJob(wrong).catch((thrown: unknown) => thrown)
  t.ok(error instanceof ProblemError)
  t.match(error, {
    status: 400,
    code: 'validation_failed',
    message: /"schedul" is not a known field\. Did you mean "schedule"\?/,
    errors: [{ in: 'body', pointer: '/schedul' }],
    request_id: /./
  })
  const { id, version } = await client.createJob({ name: 'a', ...hourly })
  await client.updateJob(id, { name: 'b' }, { versions: [version] })
  const stale = { versions: [version] }
  const late: (() => Promise<unknown>)[] = [
    () => client.updateJob(id, { name: 'c' }, stale),
    () => client.replaceJob(id, { name: 'c', ...hourly }, stale),
    () => client.deleteJob(id, stale),
    () => client.updateJob(id, { name: 'c' }, { versions: [] })
  ]
  for (const call of late) {
    await t.rejects(call(), { status: 412, code: 'version_mismatch', problem: { version: 2 } })
  }
})

test('the key is sent as a Bearer token', async (t) => {
  const apiKey = 'k'.repeat(40)
  const { client, url } = await createTestClient(t, {
    isService: true,
    config: { apiKey },
    client: { apiKey }
  })
  t.equal(await client.countJobs(), 0)
  await t.rejects(createClient({ url }).countJobs(), { status: 401, code: 'unauthorized' })
})

test('keys are made, listed and revoked by who has one for that', async (t) => {
  const apiKey = 'k'.repeat(40)
  const { client, url } = await createTestClient(t, {
    isService: true,
    config: { apiKey },
    client: { apiKey }
  })
  const { key, ...made } = await client.keys.create({ name: 'ci', scopes: ['read'] })
  t.strictSame(await client.keys.get(1), made)
  await client.keys.create({ name: 'other', scopes: ['run'] })
  const names = (await Array.fromAsync(client.keys.list({ limit: 1 }))).map(({ name }) => name)
  t.strictSame(names, ['other', 'ci'])
  const reader = createClient({ url, apiKey: key })
  t.equal(await reader.countJobs(), 0)
  await t.rejects(reader.keys.get(1), { status: 403, code: 'insufficient_scope' })
  t.strictSame(await reader.access(), { scopes: ['read'], actor: 'key:1', title: 'Carillon' })
  t.equal(await client.keys.revoke(1), undefined)
  await t.rejects(reader.countJobs(), { status: 401, code: 'unauthorized' })
})

test('a key whose answer was lost is not made a second time', async (t) => {
  const apiKey = 'k'.repeat(40)
  const { client, server } = await createTestClient(t, {
    isService: true,
    config: { apiKey },
    client: { apiKey }
  })
  server.server.prependListener('request', (request, response) => {
    if (request.method === 'POST') response.writeHead = () => response.destroy()
  })
  await t.rejects(
    client.with({ idempotencyKey: 'x' }).keys.create({ name: 'ci', scopes: ['run'] }),
    {
      name: 'ConnectionError'
    }
  )
  t.match(await Array.fromAsync(client.keys.list()), [{ id: 1, name: 'ci' }])
})

test('a POST whose answer was lost is sent again, and carried out once', async (t) => {
  const { client, server } = await createTestClient(t)
  let losses = 2
  server.server.prependListener('request', (request, response) => {
    if (request.method !== 'POST' || losses-- <= 0) return
    // It has been carried out when its answer is about to be sent.
    response.writeHead = () => response.destroy()
  })
  const job = await client.createJob({ name: 'once', ...hourly })
  t.equal(losses, -1, 'it was sent three times')
  t.match(job, { id: 1, name: 'once' })
  t.equal(await client.countJobs(), 1)
  losses = 1
  const mine = client.with({ idempotencyKey: 'mine' })
  const { id } = await mine.createJob({ name: 'mine', ...hourly })
  t.equal((await mine.createJob({ name: 'mine', ...hourly })).id, id, 'also by another process')
})

test('what may be tried again is, as long as it may, and nothing else', async (t) => {
  let statuses = [503, 429, 502, 200]
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers['idempotency-key']?.toString())
    const status = statuses.shift() ?? 500
    response.writeHead(status, { 'retry-after': '0' })
    response.end(status === 200 ? '{"id":1}' : '<h1>proxy</h1>')
  }).listen(0)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://localhost:${(server.address() as AddressInfo).port}/prefix/`
  const client = createClient({ url })
  t.strictSame(await client.run(1), { id: 1 })
  t.equal(new Set(seen).size, 1, 'by one idempotency key')
  t.ok(seen[0])
  statuses = [400, 200]
  await t.rejects(client.getJob(1), {
    status: 400,
    code: 'unknown_answer',
    message: /something else/
  })
  statuses = [503, 503, 200]
  await t.rejects(createClient({ url, retries: 1 }).getJob(1), { code: 'unknown_answer' })
})

test('nobody there, and nobody who answers, are told apart', async (t) => {
  const server = createServer(() => undefined).listen(0)
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const client = createClient({ url, retries: 0, timeoutMs: 20 })
  const silent = await client.getJob(1).catch((error: unknown) => error)
  t.ok(silent instanceof ConnectionError)
  t.match(silent, { message: `${url} did not answer within 0.02 s.` })
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  await t.rejects(createClient({ url, retries: 0 }).getJob(1), {
    name: 'ConnectionError',
    message: /ECONNREFUSED.*running there\?/
  })
  t.throws(() => createClient({ url: 'jobs' }), /"url" is "jobs", but must be a whole URL/)
})

test('a signal ends a call, also while it waits to try again', async (t) => {
  const controller = new AbortController()
  const client = createClient({ url: 'http://127.0.0.1:1' }).with({ signal: controller.signal })
  const call = client.getJob(1)
  controller.abort(new Error('enough'))
  await t.rejects(call, { message: 'enough' })
  await t.rejects(client.getJob(1), { message: 'enough' })
})

test('events come as they happen, and go on where the stream broke', async (t) => {
  const { client, app, clock, server } = await createTestClient(t)
  const { id } = await app.scheduler.createJob({ name: 'a', ...hourly })
  const sockets = new Set<Socket>()
  server.server.on('connection', (socket) => sockets.add(socket))
  const seen: string[] = []
  for await (const { name, data } of client.events({ topics: ['runs'], job_id: id })) {
    if (name === 'hello') {
      seen.push(data.resume ? 'resumed' : 'hello')
      await app.scheduler.run(id)
    }
    if (name === 'run') seen.push(data.state)
    await clock.advance(100)
    const succeeded = seen.filter((state) => state === 'succeeded').length
    if (succeeded === 2) break
    if (succeeded === 1) for (const socket of sockets) socket.destroy()
  }
  t.equal(seen[0], 'hello')
  t.ok(seen.includes('resumed'), seen.join())
})

test('a stream that is refused, or not wanted any more, ends', async (t) => {
  const { client } = await createTestClient(t)
  const wrong = client.events({ topics: ['nonsense'] as never })
  await t.rejects(Array.fromAsync(wrong), { code: 'validation_failed' })
  const controller = new AbortController()
  for await (const { name } of client.events({ signal: controller.signal })) {
    t.equal(name, 'hello')
    controller.abort()
  }
})

test('a target that is tried is waited for longer than anything else', async (t) => {
  // The timer of a deadline alone keeps no process going.
  const going = setInterval(() => undefined, 1_000)
  t.teardown(() => clearInterval(going))
  const over = Promise.withResolvers<void>()
  const aborted = (signal: AbortSignal | null | undefined) =>
    new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  const client = createClient({
    timeoutMs: 5,
    retries: 0,
    fetch: async (url, init) => {
      const isTest = url instanceof URL && url.pathname === '/targets/test'
      await Promise.race([aborted(init?.signal), ...(isTest ? [over.promise] : [])])
      return Response.json({ ok: true })
    }
  })
  const trying = client.testTarget({ target: { type: 'http', url: 'https://a.example' } })
  await t.rejects(client.getJob(1), { name: 'ConnectionError' })
  over.resolve()
  t.match(await trying, { ok: true })
})
