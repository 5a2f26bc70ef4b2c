import { test } from 'tap'
import type { System } from '../../src/domain/system.ts'
import { createTestApi } from '../helpers/api.ts'
import { createTestApp } from '../helpers/app.ts'

const DAY = 86_400_000

test('a service tells how it is', async (t) => {
  const { request, createJob, clock } = await createTestApp(t, {
    isService: true,
    config: { maxConcurrentRuns: 7, retentionAge: '3d', apiKey: null }
  })
  const { id } = await createJob({ repeat_interval: '1h' })
  await request(`GET /jobs/${id}`)
  await request(`GET /jobs/${id}`)
  await clock.advance(11_000)
  const { status, body } = await request('GET /system')
  t.equal(status, 200)
  const told = body as System
  t.match(told, {
    scheduling: { state: 'running', reason: null, paused_at: null, paused_by: null },
    replicas: [{ state: 'live', running: 0, slots: 7, this: true, stopped_at: null }],
    store: { kind: 'sqlite', version: /^SQLite 3/, clock_offset_ms: 0 },
    backlog: { due: 0, oldest_due_age_ms: null, running: 0, pending: 0 },
    cache: { size: 1, max: 10_000, hits: 1, misses: 1, hit_rate: 0.5 },
    retention: { age: '3d', count: 1_000 }
  })
  t.ok(told.store.size_bytes !== null && told.store.size_bytes > 0)
  t.ok(Date.parse(told.replicas[0]?.passed_at ?? '') > clock.now() - 2_000)
  t.equal(told.now, new Date(clock.now()).toISOString())
  t.strictSame(
    told.config.find(({ name }) => name === 'maxConcurrentRuns'),
    { name: 'maxConcurrentRuns', value: 7, source: 'default' }
  )
})

test('what waits is counted, and how long the longest is due', async (t) => {
  const { send, clock } = await createTestApi(t)
  await send('POST', '/jobs', { name: 'a', repeat_interval: '1m' })
  const { body: job } = await send('POST', '/jobs', { name: 'b', schedule: '@yearly' })
  await send('POST', '/system/pause')
  await send('POST', `/jobs/${job.id}/run`)
  await clock.advance(90_000)
  const { body } = await send('GET', '/system')
  t.match(body.backlog, { due: 2, running: 0, pending: 1 })
  t.equal(body.backlog.oldest_due_age_ms, 90_000)
})

test('pausing and resuming needs no body, and is noted with who asked', async (t) => {
  const { app, send } = await createTestApi(t)
  const paused = await send('POST', '/system/pause', { reason: 'a move' })
  t.equal(paused.status, 200)
  t.match(paused.body, { state: 'paused', reason: 'a move', paused_by: null })
  t.match((await send('GET', '/readyz')).body, { status: 'ready', scheduling: 'paused' })
  const key = { 'idempotency-key': 'once' }
  t.strictSame((await send('POST', '/system/pause', { reason: 'a move' }, key)).body, paused.body)
  t.equal((await send('POST', '/system/resume')).body.state, 'running')
  t.strictSame((await send('GET', '/readyz')).body, { status: 'ready' })
  const { body: changes } = await send('GET', '/changes')
  t.match(changes, [
    { job_id: null, action: 'scheduling_resumed', address: '127.0.0.1' },
    { job_id: null, action: 'scheduling_paused', detail: { reason: 'a move' } }
  ])
  t.equal(changes.length, 2)
  t.equal((await send('GET', '/changes?action=scheduling_paused')).body.length, 1)
  t.equal((await send('GET', '/jobs/1/changes')).status, 404)
  t.equal((await app.scheduler.system()).scheduling.state, 'running')
})

test('what cannot be a reason, or is not known, is refused by name', async (t) => {
  const { send } = await createTestApi(t)
  for (const [body, pointer] of [
    [{ reason: '' }, '/reason'],
    [{ reason: 'x'.repeat(501) }, '/reason'],
    [{ reason: 'two\nlines' }, '/reason'],
    [{ until: '2027-01-01T00:00:00Z' }, '/until']
  ] as const) {
    const { status, body: problem } = await send('POST', '/system/pause', body)
    t.equal(status, 400)
    t.match(problem.errors, [{ in: 'body', pointer }])
  }
  t.equal((await send('POST', '/system/resume', { catch_up: true })).status, 400)
  t.equal((await send('POST', '/system/prune', { all: true })).status, 400)
  t.equal((await send('GET', '/system')).body.scheduling.state, 'running')
})

test('a key for reading sees it, and changes nothing', async (t) => {
  const { app, request } = await createTestApp(t, { isService: true })
  const { key } = await app.scheduler.keys.create({ name: 'reader', scopes: ['read', 'write'] })
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await request('GET /system', undefined, { headers })).status, 200)
  for (const word of ['pause', 'resume', 'prune']) {
    t.equal((await request(`POST /system/${word}`, undefined, { headers })).status, 403, word)
  }
  const admin = await app.scheduler.keys.create({ name: 'admin', scopes: ['admin', 'read'] })
  const asAdmin = { headers: { authorization: `Bearer ${admin.key}` } }
  const { body } = await request('POST /system/pause', undefined, asAdmin)
  t.match(body, { paused_by: 'key:2' })
})

test('what is past retention is deleted when asked, bit by bit', async (t) => {
  const { send, clock, app } = await createTestApi(t)
  const { body: job } = await send('POST', '/jobs', { name: 'a', schedule: '@yearly' })
  // As many as no replica would have got to.
  const row = {
    job_id: job.id,
    job_version: 1,
    seq: 0,
    cause: 'schedule' as const,
    state: 'succeeded' as const,
    attempt: 1,
    occurrences: 1,
    queued_at: 0,
    finished_at: 0
  }
  for (let from = 0; from < 65_000; from += 500) {
    const rows = Array.from({ length: 500 }, (_, index) => ({
      ...row,
      scheduled_for: from + index
    }))
    await app.db.query.insertInto('carillon_runs').values(rows).execute()
  }
  const first = await send('POST', '/system/prune')
  t.strictSame(first.body, { runs: 60_000, changes: 0, more: true })
  const second = await send('POST', '/system/prune')
  t.strictSame(second.body, { runs: 5_000, changes: 0, more: false })
  t.strictSame((await send('POST', '/system/prune')).body, { runs: 0, changes: 0, more: false })
  await clock.advance(1)
})

test('of replicas those that ended within the hour are told, too', async (t) => {
  const { send, clock, app } = await createTestApi(t)
  const row = { host: 'a b c', pid: 1, version: '0', started_at: 0 }
  const now = clock.now()
  for (const [name, times] of [
    ['long gone', { stopped_at: now - DAY, expires_at: null }],
    ['gone', { stopped_at: now - 60_000, expires_at: null }],
    ['late', { stopped_at: null, expires_at: now - 1 }]
  ] as const) {
    await app.db.query
      .insertInto('carillon_replicas')
      .values({ ...row, ...times, name })
      .execute()
  }
  const { body } = await send('GET', '/system')
  const told = (body as System).replicas.map(({ name, state, host, slots }) => {
    return { name, state, host, slots }
  })
  t.match(told, [
    { name: 'late', state: 'expired', host: 'a', slots: null },
    { state: 'live' },
    { name: 'gone', state: 'stopped' }
  ])
  t.equal(told.length, 3)
})
