import { statSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import Fastify from 'fastify'
import { sql } from 'kysely'
import { test } from 'tap'
import carillon from '../../index.ts'
import { createWalWatch } from '../../plugins/wal-watch.ts'
import { createTestApp } from '../helpers/app.ts'
import { setRoom } from '../helpers/room.ts'
import { createFolder } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

test('a service that can do its work is live and ready', async (t) => {
  const { request } = await createTestApp(t)
  t.match(await request('GET /livez'), { status: 200, body: { status: 'live' } })
  t.match(await request('GET /readyz'), { status: 200, body: { status: 'ready' } })
})

test('ready turns red when nobody looks for due jobs any more, and green when somebody does', async (t) => {
  const { request, clock } = await createTestApp(t)
  // After the first look.
  await clock.advance(0)
  clock.jumpTo(clock.now() + 3_000)
  const stalled = await request('GET /readyz')
  t.equal(stalled.status, 503)
  t.match(stalled.body, { status: 'not_ready', faults: [/has not looked for due jobs/] })
  t.equal((await request('GET /livez')).status, 200, 'a restart would not help')
  await clock.advance(1_000)
  t.equal((await request('GET /readyz')).status, 200)
})

test('ready turns red while it stops, with runs still going on, and live stays', async (t) => {
  let end: () => void = () => undefined
  const { request, createJob, app, clock } = await createTestApp(t, {
    handlers: { wait: () => new Promise<void>((resolve) => (end = resolve)) }
  })
  await createJob({ target: { type: 'handler', name: 'wait' } })
  await request('POST /jobs/1/run')
  const stopping = app.scheduler.stop()
  await clock.advance(10)
  t.match(await request('GET /readyz'), {
    status: 503,
    body: { faults: ['The scheduler is stopping.'] }
  })
  t.equal((await request('GET /livez')).status, 200)
  t.equal((await request('GET /jobs/1')).status, 200, 'reading goes on')
  end()
  await clock.advance(10)
  await stopping
  t.equal((await request('GET /readyz')).status, 503)
})

test('ready turns red when the database does not answer', async (t) => {
  const { request, app } = await createTestApp(t)
  await app.scheduler.stop({ graceMs: 0 })
  await app.db.close()
  const answer = await request('GET /readyz')
  t.equal(answer.status, 503)
  t.match(answer.body, { faults: [/database does not answer/, /stopping/] })
  t.equal((await request('GET /livez')).status, 200)
})

test('ready turns red when the disk of the database is full, and green when there is room', async (t) => {
  const { request, app, clock } = await createTestApp(t)
  await setRoom(app.db, 2)
  const large = { name: 'large', schedule: '@yearly', params: 'x'.repeat(60_000) }
  t.match(await request('POST /jobs', large), { status: 507, body: { code: 'store_full' } })
  t.match(await request('GET /readyz'), {
    status: 503,
    body: { faults: ['The disk of the database is full.'] }
  })
  t.equal((await request('GET /jobs')).status, 200, 'reading goes on')
  await setRoom(app.db, 1_000)
  await clock.advance(20_000)
  t.equal((await request('GET /readyz')).status, 200)
  t.equal((await request('POST /jobs', large)).status, 201)
})

test('while the file of the database is away nothing is written or started, and when it is put back all goes on', async (t) => {
  const file = path.join(await createFolder(t), 'carillon.db')
  const starts: number[] = []
  let end: () => void = () => undefined
  const { request, createJob, listRuns, lines, clock } = await createTestApp(t, {
    config: { database: `sqlite:${file}` },
    handlers: {
      note: () => void starts.push(clock.now()),
      wait: () => new Promise<void>((resolve) => (end = resolve))
    }
  })
  await createJob({ repeat_interval: '1s', target: { type: 'handler', name: 'note' } })
  await createJob({ target: { type: 'handler', name: 'wait' } })
  await request('POST /jobs/2/run')
  await clock.advance(2_000)
  await rename(file, `${file}.moved`)
  const before = starts.length
  t.ok(before > 0)
  end()
  await clock.advance(3_000)
  t.equal(starts.length, before, 'nothing starts')
  const fault =
    /carillon\.db was deleted while it is in use, and nothing is written any more; stop this/
  t.match(await request('GET /readyz'), { status: 503, body: { faults: [fault] } })
  await until('a line of the log', async () =>
    lines.some((line) => line['level'] === 50 && fault.test(String(line['msg'])))
  )
  t.match(await request('DELETE /jobs/1'), {
    status: 503,
    body: { code: 'store_unavailable', detail: fault }
  })
  t.match(await listRuns('?job_id=2'), [{ state: 'running' }], 'reading goes on')

  await rename(`${file}.moved`, file)
  await clock.advance(10_000)
  t.ok(starts.length > before)
  t.match(await listRuns('?job_id=2'), [{ state: 'succeeded' }], 'the result was kept')
  t.equal((await request('GET /readyz')).status, 200)
  t.equal((await request('DELETE /jobs/1')).status, 204)
})

test('a log of SQLite that grows over its limit is told of once, and when it is small again', async (t) => {
  const file = path.join(await createFolder(t), 'carillon.db')
  const { app, lines, request, createJob } = await createTestApp(t, {
    config: { database: `sqlite:${file}`, autoStart: false }
  })
  const look = createWalWatch(app, 100_000)
  const told = (): unknown[][] =>
    lines.flatMap(({ level, msg }) => (/-wal is/.test(String(msg)) ? [[level, msg]] : []))
  const reader = new Sqlite(file, { readonly: true })
  reader.exec('begin')
  reader.prepare('select count(*) from carillon_jobs').get()
  for (let job = 0; job < 5; job++) await createJob({ params: 'x'.repeat(60_000) })
  look()
  look()
  t.match(told(), [[40, `${file}-wal is`]])
  t.match(told(), [[40, /MiB large: .*; end that reader/]])
  const size = statSync(`${file}-wal`).size
  t.match((await request('GET /metrics')).text, `\nscheduler_wal_size_bytes ${size}\n`)
  reader.close()
  await sql`pragma wal_checkpoint(truncate)`.execute(app.db.query)
  look()
  look()
  t.match(told().slice(1), [[30, /-wal is 0\.0 MiB large again\.$/]])
  t.equal(told().length, 2)
})

test('ready turns red while migrations are left to be applied', async (t) => {
  const { request, app } = await createTestApp(t)
  await app.db.query.deleteFrom('carillon_migrations' as 'carillon_jobs').execute()
  t.match(await request('GET /readyz'), {
    status: 503,
    body: { faults: ['The database has migrations left to be applied.'] }
  })
})

test('a process that only serves the API is ready without looking for jobs', async (t) => {
  const { request, clock } = await createTestApp(t, { config: { autoStart: false } })
  await clock.advance(10_000)
  t.equal((await request('GET /readyz')).status, 200)
})

test('a host sees the same under its prefix', async (t) => {
  const host = Fastify()
  t.teardown(() => host.close())
  await host.register(carillon, { database: 'sqlite::memory:', prefix: '/scheduler' })
  t.equal((await host.inject('/scheduler/livez')).statusCode, 200)
  t.equal((await host.inject('/livez')).statusCode, 404)
})
