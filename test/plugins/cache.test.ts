import { test, type Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { createTestApp, type TestApp } from '../helpers/app.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { until } from '../helpers/until.ts'

/** Reads every job and the list twice, so that the second time comes from memory, and compares. */
async function assertFresh(t: Test, service: TestApp, after: string): Promise<void> {
  const jobs = await service.app.scheduler.listJobs({ limit: 1_000 })
  for (const how of ['first', 'again']) {
    t.strictSame((await service.request('GET /jobs')).body, jobs, `list, ${how}, after ${after}`)
    for (const job of jobs) {
      t.strictSame(await service.getJob(job.id), job, `job ${job.id}, ${how}, after ${after}`)
    }
  }
}

test('a read after any write, by a client or by the scheduler itself, is never stale', async (t) => {
  const ends: (() => void)[] = []
  const service = await createTestApp(t, {
    handlers: { wait: () => new Promise<void>((resolve) => ends.push(resolve)) }
  })
  const { request, createJob, clock, getJob } = service
  const steps: [what: string, act: () => Promise<unknown>][] = [
    ['create', () => createJob({ repeat_interval: '10s' })],
    ['another create', () => createJob({ target: { type: 'handler', name: 'wait' } })],
    ['patch', () => request('PATCH /jobs/1', { name: 'renamed' })],
    ['patch of the schedule', () => request('PATCH /jobs/1', { repeat_interval: '20s' })],
    ['pause', () => request('POST /jobs/1/pause', { reason: 'x' })],
    ['resume', () => request('POST /jobs/1/resume')],
    ['a run that started', () => request('POST /jobs/2/run')],
    ['a queued run', () => request('POST /jobs/2/run', { overlap: 'queue_one' })],
    ['cancelling the queued run', () => request('POST /runs/2/cancel')],
    [
      'a run that ended',
      async () => {
        ends.shift()?.()
        await clock.advance(10)
      }
    ],
    ['a scheduled run', () => clock.advance(20_100)],
    ['a one-shot', () => createJob({ start_date: '2026-01-01T00:00:30Z' })],
    ['the one-shot finishing', () => clock.advance(10_000)],
    ['a refused patch', () => request('PATCH /jobs/1', { name: '' })],
    ['delete', () => request('DELETE /jobs/1')]
  ]
  for (const [what, act] of steps) {
    await act()
    await assertFresh(t, service, what)
  }
  t.match(await getJob(2), { running: 0, last_outcome: 'succeeded' }, 'the steps did something')
  t.match(await getJob(3), { state: 'finished', last_outcome: 'succeeded' })
})

test('next_run_at, running, last_run_at and last_outcome follow a scheduled run as it goes on', async (t) => {
  const ends: (() => void)[] = []
  const { createJob, clock, getJob, request } = await createTestApp(t, {
    handlers: { wait: () => new Promise<void>((resolve) => ends.push(resolve)) }
  })
  await createJob({ repeat_interval: '10s', target: { type: 'handler', name: 'wait' } })
  await request('GET /jobs')
  t.match(await getJob(1), { next_run_at: '2026-01-01T00:00:10.000Z', running: 0 })
  await clock.advance(10_500)
  t.match(await getJob(1), {
    next_run_at: '2026-01-01T00:00:20.000Z',
    running: 1,
    last_run_at: null
  })
  ends[0]?.()
  await clock.advance(100)
  t.match(await getJob(1), {
    running: 0,
    last_run_at: '2026-01-01T00:00:10.000Z',
    last_outcome: 'succeeded'
  })
})

test('a job that was paused because its stored definition cannot be used is shown as paused', async (t) => {
  const { createJob, clock, getJob, app } = await createTestApp(t)
  await createJob({ repeat_interval: '10s' })
  await app.db.query
    .updateTable('carillon_jobs')
    .set({ definition: '{"name":"n","schedule":"no cron"}' })
    .execute()
  await clock.advance(9_900)
  await getJob(1)
  await clock.advance(1_000)
  t.match(await getJob(1), { state: 'paused', next_run_at: null })
})

test('a load that overlaps with a write is not kept', async (t) => {
  const { app, createJob, getJob, request } = await createTestApp(t)
  const before = await createJob({ name: 'before' })
  const loading = Promise.withResolvers<Job>()
  const reading = app.cache.readJob(1, () => loading.promise)
  const listing = app.cache.readPage('key', 100, async () => [await loading.promise])
  await request('PATCH /jobs/1', { name: 'after' })
  loading.resolve(before)
  await Promise.all([reading, listing])
  t.equal((await getJob(1)).name, 'after')
  const page = await app.cache.readPage('key', 100, () => app.scheduler.listJobs())
  t.match(JSON.parse(String(page.body)), [{ name: 'after' }])
})

test('a job deleted while it is being loaded does not come back', async (t) => {
  const { app, createJob, request } = await createTestApp(t)
  const job = await createJob({})
  const loading = Promise.withResolvers<Job>()
  const reading = app.cache.readJob(1, () => loading.promise)
  await request('DELETE /jobs/1')
  loading.resolve(job)
  await reading
  t.equal((await request('GET /jobs/1')).status, 404)
})

test('what another process writes to the file is seen within a moment', async (t) => {
  const config = { database: await createDatabaseUrl(t, 'sqlite'), autoStart: false }
  const [one, other] = [await createTestApp(t, { config }), await createTestApp(t, { config })]
  await one.createJob({ name: 'before' })
  for (const name of ['after', 'and again']) {
    t.not((await one.getJob(1)).name, name, 'and is kept in memory now')
    await other.request('PATCH /jobs/1', { name })
    await until('a page with it', async () => {
      const { body } = await one.request('GET /jobs')
      return JSON.stringify(body).includes(name)
    })
    await until('the job', async () => (await one.getJob(1)).name === name)
  }
})

test('hits, misses and the jobs held are counted', async (t) => {
  const { app, createJob, request, getJob } = await createTestApp(t)
  const { cache } = app
  for (const name of ['a', 'b', 'c']) await createJob({ name })
  t.strictSame([cache.counters().hits, cache.counters().misses, cache.size()], [0, 0, 0])
  await request('GET /jobs')
  t.strictSame([cache.counters().hits, cache.counters().misses, cache.size()], [0, 1, 3])
  await request('GET /jobs')
  t.strictSame([cache.counters().hits, cache.counters().misses], [1, 1])
  await getJob(2)
  t.strictSame([cache.counters().hits, cache.counters().misses], [2, 1], 'the list brought it in')
  await request('GET /jobs?limit=2')
  t.strictSame([cache.counters().hits, cache.counters().misses], [2, 2], 'another page')
  await request('GET /jobs/99')
  t.strictSame([cache.counters().hits, cache.counters().misses, cache.size()], [2, 3, 3])
  await request('DELETE /jobs/2')
  t.equal(cache.size(), 2, 'a write takes out what it changed, and no more')
  await getJob(1)
  t.equal(cache.counters().hits, 3)
})

test('the cache holds as many jobs as it may, and counts what it puts out', async (t) => {
  const { app, createJob, getJob, request } = await createTestApp(t, { config: { cacheJobs: 2 } })
  for (const name of ['a', 'b', 'c', 'd']) await createJob({ name })
  for (const id of [1, 2, 3, 4, 1, 4]) await getJob(id)
  t.equal(app.cache.size(), 2)
  t.equal(app.cache.counters().evictions, 3)
  t.equal(((await request('GET /jobs')).body as Job[]).length, 4)
  t.equal(app.cache.size(), 2)
})

test('large jobs and many different pages stay within bounds', async (t) => {
  const { app, createJob } = await createTestApp(t)
  const job = await createJob({ params: 'x'.repeat(60_000) })
  for (let id = 1; id <= 1_500; id++) await app.cache.readJob(id, async () => job)
  t.ok(app.cache.size() * 60_000 <= 64 * 1024 * 1024, `${app.cache.size()} jobs`)
  for (let key = 0; key < 300; key++) await app.cache.readPage(`${key}`, 1, async () => [])
  const { hits } = app.cache.counters()
  for (let key = 0; key < 300; key++) await app.cache.readPage(`${key}`, 1, async () => [])
  t.ok(app.cache.counters().hits - hits <= 100, 'at most a hundred pages are kept')
})

test('with cacheJobs 0 nothing is kept and every read is a miss', async (t) => {
  const service = await createTestApp(t, { config: { cacheJobs: 0 } })
  await service.createJob({})
  for (let read = 0; read < 3; read++) {
    await service.getJob(1)
    await service.request('GET /jobs')
  }
  t.strictSame(service.app.cache.counters(), { hits: 0, misses: 6, evictions: 0 })
  t.equal(service.app.cache.size(), 0)
})
