import { connect } from 'node:net'
import { once } from 'node:events'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import carillon from '../../index.ts'
import { createTestApp, type TestAppOptions } from '../helpers/app.ts'
import { openEvents } from '../helpers/event-client.ts'
import { until } from '../helpers/until.ts'
import { diskError, watchDatabase } from '../helpers/watched-database.ts'

const JOB = { name: 'quiet', schedule: '@yearly' }

async function listening(t: Test, options: TestAppOptions = {}) {
  const parts = await createTestApp(t, options)
  const origin = await parts.server.listen({ port: 0, host: '127.0.0.1' })
  const open = (path = '/events', headers: Record<string, string> = {}) =>
    openEvents(t, origin + path, headers)
  return { ...parts, origin, open }
}

test('a stream says what it is, greets, and tells what happens', async (t) => {
  const { open, clock, createJob, app } = await listening(t)
  const client = await open()
  t.equal(client.status, 200)
  t.match(client.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no'
  })
  const hello = await client.next('hello')
  t.match(hello, { id: /^[0-9a-f]{12}-0$/, data: { resume: false, version: /^\d/ } })
  t.equal(hello.data.server_time, new Date(clock.now()).toISOString())
  t.match(client.text(), /^retry: 2000\n\nid: /)
  t.same((await client.next('stats')).data, { running: 0, due: 0, slots: 256, slots_used: 0 })

  const { params: _params, ...job } = await createJob({ ...JOB, params: { secret: 1 } })
  await clock.advance(100)
  const told = await client.next('job')
  t.same(told.data, { id: job.id, change: 'created', version: 1, job })
  t.equal(told.id, hello.id.replace(/0$/, '1'))
  await app.scheduler.run(job.id)
  await clock.advance(1_000)
  t.match((await client.next('run')).data, {
    id: 1,
    job_id: job.id,
    state: 'succeeded',
    attempt: 1
  })
})

test('who comes back with the last id is told what was missed', async (t) => {
  const { open, clock, createJob } = await listening(t)
  const client = await open('/events?topics=jobs')
  await createJob(JOB)
  await clock.advance(100)
  const { id } = await client.next('job')
  client.close()
  await createJob(JOB)
  await clock.advance(1_000)
  const again = await open('/events?topics=jobs', { 'last-event-id': id })
  t.equal((await again.next('hello')).data.resume, true)
  t.match((await again.next('job')).data, { id: 2, change: 'created' })

  const stranger = await open('/events', { 'last-event-id': '000000000000-3' })
  t.equal((await stranger.next('hello')).data.resume, false)
  t.same((await stranger.next('resync')).data, { reason: 'gap' })
})

test('a stream that is silent has a comment every 15 seconds', async (t) => {
  const { open, clock } = await listening(t)
  const client = await open('/events?topics=jobs')
  await client.next('hello')
  await clock.advance(45_000)
  await until('three comments', async () => client.text().match(/^:$/gm)?.length === 3)
})

test('a query that cannot be followed is refused by name, and no Last-Event-ID does harm', async (t) => {
  const { request, open } = await listening(t)
  for (const [query, detail] of Object.entries({
    'topics=jobs,nonsense': '"topics" cannot be listened to: "nonsense" is none of',
    'topics=': '"" is none of',
    'topics=jobs&topics=runs': 'topics',
    'topics=%00': 'is none of',
    'topics=output': 'name it by "run_id"',
    'topics=__proto__': 'is none of',
    [`topics=${'x'.repeat(1_000)}`]: 'topics',
    'job_id=0': 'job_id',
    'job_id=1e3': 'job_id',
    'run_id=99999999999999999999': 'run_id',
    'run_id=1&run_id=2': 'run_id',
    'job=1': 'job',
    '__proto__=1': '__proto__'
  })) {
    const answer = await request(`GET /events?${query}`)
    t.equal(answer.status, 400, query)
    t.match(answer.body, { code: 'validation_failed' })
    t.ok(answer.text.includes(detail.replaceAll('"', String.raw`\"`)), answer.text)
  }
  for (const id of ['x', '-', '0-', '1-1-1', '%00', 'é', "' or 1=1", '9'.repeat(5_000)]) {
    const client = await open('/events', { 'last-event-id': id })
    t.equal(client.status, 200, id)
    t.same((await client.next('resync')).data, { reason: 'gap' })
    client.close()
  }
  const client = await open('/events?topics=jobs,%20runs,jobs', { 'last-event-id': '' })
  t.equal((await client.next('hello')).data.resume, false)
  t.notMatch(client.text(), /resync/)
})

test('HEAD shows the headers and opens no stream', async (t) => {
  const { request, app } = await listening(t)
  const answer = await request('HEAD /events')
  t.equal(answer.status, 200)
  t.match(answer.headers, { 'content-type': 'text/event-stream; charset=utf-8' })
  t.equal(app.feed.listeners(), 0)
})

test('with an API key the stream needs it, as a browser sends it', async (t) => {
  const apiKey = 'a-key-for-tests-only-0123456789abcdef'
  const { open } = await listening(t, { isService: true, config: { apiKey } })
  t.equal((await open()).status, 401)
  const authorization = `Basic ${Buffer.from(`me:${apiKey}`).toString('base64')}`
  const client = await open('/events', { authorization })
  t.equal((await client.next('hello')).data.resume, false)
})

test('a client that goes makes room, and the 201st is told when to come back', async (t) => {
  const { open, app, request } = await listening(t)
  const clients = await Promise.all(Array.from({ length: 200 }, () => open()))
  const answer = await request('GET /events')
  t.equal(answer.status, 503)
  t.equal(answer.headers['retry-after'], '1')
  t.match(answer.body, { code: 'too_many_listeners', detail: /200 listeners/ })
  t.match((await request('GET /metrics')).text, /^scheduler_event_listeners 200$/m)
  for (const client of clients) client.close()
  await until('nobody listens', async () => app.feed.listeners() === 0)
  t.equal((await open()).status, 200)
})

test('a client that does not read is dropped, and others are not', async (t) => {
  const { open, app, clock, origin, createJob } = await listening(t)
  const { port } = new URL(origin)
  const reader = await open('/events?topics=jobs')
  const socket = connect(Number(port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.pause()
  socket.write('GET /events?topics=jobs HTTP/1.1\r\nhost: x\r\n\r\n')
  await until('both listen', async () => app.feed.listeners() === 2)
  const target = { type: 'http', url: 'http://127.0.0.1:9/', body: 'x'.repeat(60_000) }
  const { id } = await createJob({ ...JOB, target })
  // What the kernel takes for a client comes on top of the limit.
  for (let count = 0; app.feed.listeners() === 2 && count < 2_000; count++) {
    await app.scheduler.updateJob(id, { name: `name ${count}` })
    await clock.advance(100)
  }
  t.equal(app.feed.listeners(), 1)
  socket.resume()
  await once(socket, 'close')
  await app.scheduler.updateJob(id, { name: 'the last' })
  await clock.advance(100)
  await until('the last name', async () => reader.text().includes('the last'))
})

test('closing ends the streams in good order and waits for no reader', async (t) => {
  const { open, app, server, origin, clock } = await listening(t)
  const client = await open()
  await client.next('hello')
  const { port } = new URL(origin)
  const stalled = connect(Number(port), '127.0.0.1')
  t.teardown(() => stalled.destroy())
  stalled.on('error', () => undefined)
  stalled.pause()
  stalled.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
  await until('both listen', async () => app.feed.listeners() === 2)
  const closing = server.close()
  await clock.advance(1_000)
  await closing
  t.equal(await client.ended, 'end')
  t.equal(app.feed.listeners(), 0)
})

test('a scheduler that fails to stop does not keep the streams open', async (t) => {
  const host = Fastify()
  await host.register(carillon, { database: 'sqlite::memory:' })
  const origin = await host.listen({ port: 0, host: '127.0.0.1' })
  const client = await openEvents(t, `${origin}/events`)
  await client.next('hello')
  const { stop } = host.scheduler
  host.scheduler.stop = async (options) => {
    await stop(options)
    throw new Error('The last results cannot be written.')
  }
  await t.rejects(host.close(), /last results/)
  t.equal(await client.ended, 'end')
})

test('a host has its own routes beside the stream, under its prefix', async (t) => {
  const host = Fastify()
  t.teardown(() => host.close())
  host.get('/events', async () => ['of the host'])
  await host.register(carillon, { prefix: '/scheduler', database: 'sqlite::memory:' })
  const origin = await host.listen({ port: 0, host: '127.0.0.1' })
  const client = await openEvents(t, `${origin}/scheduler/events`)
  await client.next('hello')
  t.same((await host.inject('/events')).json(), ['of the host'])
  t.equal((await host.inject('/scheduler/jobs')).statusCode, 200)
  await host.close()
  t.equal(await client.ended, 'end')
})

test('who may no longer listen is told nothing more within 15 seconds', async (t) => {
  const { open, clock, app } = await listening(t, { isService: true })
  const { keys } = app.scheduler
  const [kept, revoked] = [
    await keys.create({ name: 'kept', scopes: ['read'] }),
    await keys.create({ name: 'revoked', scopes: ['read'] })
  ]
  const listen = ({ key }: { key: string }) => open('/events', { authorization: `Bearer ${key}` })
  const [first, second] = [await listen(kept), await listen(revoked)]
  await second.next('hello')
  await keys.revoke(revoked.id)
  await clock.advance(15_000)
  await second.ended
  await app.scheduler.createJob(JOB)
  await clock.advance(1_000)
  await first.next('job')
  t.notMatch(second.text(), /event: job/)
  t.equal((await listen(revoked)).status, 401)
})

test('a stream outlasts a database that cannot say who may listen', async (t) => {
  const { open, clock, app } = await listening(t, { isService: true })
  const { key } = await app.scheduler.keys.create({ name: 'k', scopes: ['read'] })
  const client = await open('/events', { authorization: `Bearer ${key}` })
  await client.next('hello')
  const { db } = app
  const { query } = db
  const watched = watchDatabase(db)
  watched.onStatement = (text) => {
    if (text.includes('carillon_keys')) throw diskError(db)
  }
  Object.assign(db, { query: watched.database.query })
  await clock.advance(15_000)
  Object.assign(db, { query })
  await app.scheduler.createJob(JOB)
  await clock.advance(1_000)
  await client.next('job')
  t.equal(client.status, 200)
})
