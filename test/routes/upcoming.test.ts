import Fastify from 'fastify'
import { test, type Test } from 'tap'
import app from '../../app.ts'
import { appOf } from '../../plugins/instance.ts'
import { parseConfig } from '../../src/config.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import type { NextOccurrences } from '../../src/domain/next-occurrences.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const MINUTE = 60_000

/** The service on a clock that stands at the beginning of 2026, with a database in memory. */
async function createApp(t: Test) {
  const clock = createManualClock()
  const server = Fastify()
  const config = parseConfig({ database: 'sqlite::memory:', heartbeat: '10m', lease: '1h' })
  await app(server, { config, clock })
  await server.ready()
  t.teardown(async () => {
    const closed = server.close()
    await clock.advance(15_000)
    await closed
  })
  const { scheduler } = appOf(server)

  const call = async (method: 'GET' | 'POST', url: string, payload?: object | string) => {
    const answer = await server.inject({
      method,
      url,
      ...(payload !== undefined && {
        payload,
        headers: { 'content-type': 'application/json' }
      })
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const next = async (id: number, query = ''): Promise<NextOccurrences> =>
    (await call('GET', `/jobs/${id}/next${query}`)).body
  const forecast = async (query = ''): Promise<Forecast> =>
    (await call('GET', `/forecast${query}`)).body
  const create = async (more: object): Promise<number> => {
    const job = await scheduler.createJob({ name: 'a job', ...more })
    return job.id
  }
  return { clock, server, scheduler, call, next, forecast, create }
}

const hours = ({ next }: NextOccurrences): string[] => next.map((entry) => entry.at.slice(11, 16))

void test('POST /schedules/preview answers and stores nothing', async (t) => {
  const { call } = await createApp(t)
  const { status, body } = await call('POST', '/schedules/preview', { schedule: '0 9 * * 1' })
  t.equal(status, 200)
  t.same(Object.keys(body), ['description', 'next', 'warnings'])
  t.equal(body.next.length, 5)
  t.same(body.next[0], { at: '2026-01-05T09:00:00.000Z', local: '2026-01-05T09:00:00+00:00' })
  t.same((await call('GET', '/jobs')).body, [])
})

void test('what never fires is answered, though no job could have it', async (t) => {
  const { call } = await createApp(t)
  const never = { schedule: '0 0 30 2 *' }
  t.match(await call('POST', '/schedules/preview', never), {
    status: 200,
    body: { next: [], warnings: [{ code: 'never_fires' }] }
  })
  t.equal((await call('POST', '/jobs', { name: 'never', ...never })).status, 400)
})

const badBodies: [what: string, body: object | string, status: number, code: string][] = [
  ['wrong syntax', { schedule: '0 9 * * 8' }, 400, 'validation_failed'],
  ['200,000 characters', { schedule: '*'.repeat(200_000) }, 400, 'validation_failed'],
  ['a megabyte', { schedule: '*'.repeat(1_000_000) }, 413, 'body_too_large'],
  ['a count of a billion', { schedule: '0 9 * * *', count: 1e9 }, 400, 'validation_failed'],
  ['no object', '[]', 400, 'validation_failed'],
  ['no body', '', 400, 'validation_failed'],
  ['a field that is not known', { cron: '0 9 * * *' }, 400, 'validation_failed']
]

for (const [what, body, status, code] of badBodies) {
  void test(`POST /schedules/preview refuses ${what} as a problem`, async (t) => {
    const { call } = await createApp(t)
    const answer = await call('POST', '/schedules/preview', body)
    t.match(answer, { status, body: { code } })
    t.ok(JSON.stringify(answer.body).length < 1_500, 'the input is not repeated at length')
  })
}

void test('GET /jobs/:id/next lists what the scheduler then does', async (t) => {
  const { clock, create, next, scheduler } = await createApp(t)
  const id = await create({
    schedule: 'H/10 * * * * *',
    jitter: '4s',
    exclude: [{ from: '2026-01-01T00:00:30Z', to: '2026-01-01T00:00:40Z' }],
    max_runs: 3,
    timezone: 'Asia/Kathmandu'
  })
  await scheduler.skip(id, 1)
  const listed = await next(id, '?count=10')
  t.equal(listed.state, 'enabled')
  t.equal(listed.reason, null)
  t.same(
    listed.next.map((entry) => entry.skipped ?? 'runs'),
    ['skip_next', 'runs', 'runs', 'excluded', 'runs'],
    'and nothing after the third run'
  )
  t.match(listed.next[1], { local: /\+05:45$/, note: /^starts .* later \(jitter\)$/ })

  await clock.advance(MINUTE)
  const runs = (await scheduler.listRuns({ filter: { jobId: id } })).toReversed()
  t.same(
    runs.map((run) => run.scheduled_for),
    listed.next.map((entry) => entry.at)
  )
  t.same(
    runs.map((run) => run.reason),
    ['skip_next', null, null, 'excluded', null]
  )
  for (const [index, entry] of listed.next.entries()) {
    if (entry.starts_at !== undefined) t.equal(runs[index]?.started_at, entry.starts_at)
  }
})

void test('the H of a stored job is its own, not the one of a preview', async (t) => {
  const { create, next } = await createApp(t)
  const first = hours(await next(await create({ schedule: 'H H * * *' })))
  const second = hours(await next(await create({ schedule: 'H H * * *' })))
  t.not(first[0], second[0])
})

void test('a limit counts the runs that have been', async (t) => {
  const { clock, create, next } = await createApp(t)
  const id = await create({ repeat_interval: '1m', max_runs: 3 })
  await clock.advance(MINUTE)
  t.same(hours(await next(id)), ['00:02', '00:03'])
  await clock.advance(2 * MINUTE)
  const { state, reason, next: none } = await next(id)
  t.equal(state, 'finished')
  t.match(reason, /had all its 3 scheduled runs/)
  t.same(none, [])
})

void test('an edited schedule never fires backwards: next is the first after now', async (t) => {
  const { clock, create, next, scheduler } = await createApp(t)
  const id = await create({ schedule: '1 * * * *' })
  await clock.advance(2 * MINUTE)
  await scheduler.updateJob(id, { schedule: '*/3 * * * *' })
  t.same(hours(await next(id, '?count=2')), ['00:03', '00:06'])
})

void test('a paused or finished job has nothing to come, and why', async (t) => {
  const { clock, create, next, scheduler } = await createApp(t)
  const paused = await create({ schedule: '0 * * * *' })
  await scheduler.pause(paused, { reason: 'moving house' })
  t.same(await next(paused), {
    state: 'paused',
    reason: 'The job is paused: "moving house". Resume it to let it go on.',
    next: []
  })
  await scheduler.pause(paused, { until: '2026-02-01T00:00:00Z' })
  t.match((await next(paused)).reason, /It goes on at 2026-02-01T00:00:00\.000Z\.$/)

  const once = await create({ start_date: '2026-01-01T00:01:00Z' })
  const ending = await create({ repeat_interval: '1m', end_date: '2026-01-01T00:02:30Z' })
  t.same(hours(await next(ending)), ['00:01', '00:02'])
  await clock.advance(3 * MINUTE)
  t.match(await next(once), {
    state: 'finished',
    reason: /run once, at 2026-01-01T00:01/,
    next: []
  })
  t.match(await next(ending), { state: 'finished', reason: /"end_date", 2026-01-01T00:02:30/ })
})

void test('GET /jobs/:id/next has bounds, and knows what is not there', async (t) => {
  const { call, create, scheduler } = await createApp(t)
  const id = await create({ schedule: '* * * * *' })
  t.equal((await call('GET', `/jobs/${id}/next`)).body.next.length, 5)
  t.equal((await call('GET', `/jobs/${id}/next?count=100`)).body.next.length, 100)
  for (const count of ['0', '101', '1000000000', '-1', 'many', '']) {
    const { status, body } = await call('GET', `/jobs/${id}/next?count=${count}`)
    t.equal(status, 400, count)
    t.match(body.errors, [{ in: 'query', pointer: '/count' }])
  }
  await t.rejects(scheduler.listNext(id, { count: 101 }), { code: 'validation_failed' })
  t.match(await call('GET', '/jobs/99/next'), { status: 404, body: { code: 'job_not_found' } })
})

void test('GET /forecast counts what is planned, by the hour from now', async (t) => {
  const { create, forecast, scheduler } = await createApp(t)
  await create({ schedule: '*/20 * * * *' })
  await create({ schedule: '30 2 * * *' })
  await create({ repeat_interval: '1h', max_runs: 2 })
  await scheduler.pause(await create({ schedule: '* * * * *' }))
  const answer = await forecast()
  t.match(answer, {
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-02T00:00:00.000Z',
    bucket: '1h',
    jobs: 3,
    truncated: false
  })
  t.equal(answer.buckets.length, 24)
  // The occurrence at this very instant is no longer to come.
  t.same(
    answer.buckets.slice(0, 5).map((bucket) => bucket.count),
    [2, 4, 5, 3, 3]
  )
  t.equal(answer.buckets[1]?.at, '2026-01-01T01:00:00.000Z')
})

void test('what is past is no longer planned', async (t) => {
  const { clock, create, forecast } = await createApp(t)
  await create({ schedule: '30 * * * * *' })
  await clock.advance(2 * MINUTE)
  const past = await forecast('?from=2026-01-01T00:00:00Z&to=2026-01-01T00:04:00Z&bucket=1m')
  t.same(
    past.buckets.map((bucket) => bucket.count),
    [0, 0, 1, 1]
  )
})

void test('the forecast is what is then recorded', async (t) => {
  const { clock, create, forecast, scheduler } = await createApp(t)
  await create({ schedule: '*/7 * * * * *', overlap: 'allow' })
  await create({ schedule: 'H/10 * * * * *', exclude: ['* * *'], jitter: '5s' })
  await create({ repeat_interval: '9s', max_runs: 3 })
  await create({ start_date: '2026-01-01T00:00:25Z' })
  const { buckets } = await forecast('?bucket=10s')
  await clock.advance(50_000)
  const runs = await scheduler.listRuns({ limit: 1_000 })
  const counts = buckets.slice(0, 5).map((bucket) => bucket.count)
  const recorded = buckets
    .slice(0, 5)
    .map(({ at }) => runs.filter((run) => run.scheduled_for.startsWith(at.slice(0, 18))).length)
  t.same(recorded, counts)
  t.ok(counts.every((count) => count > 1))
})

void test('the forecast goes through the jobs in batches, up to its limit', async (t) => {
  const { create, scheduler } = await createApp(t)
  for (let i = 0; i < 120; i++) await create({ start_date: '2026-01-01T00:30:00Z' })
  t.match(await scheduler.forecast(), { jobs: 120, truncated: false, buckets: [{ count: 120 }] })
})

void test('GET /forecast is bounded, and says so by field', async (t) => {
  const { call } = await createApp(t)
  const refused: [query: string, field: string][] = [
    ['bucket=0', 'bucket'],
    ['bucket=1s&to=2026-01-02T00:00:00Z', 'bucket'],
    ['from=garbage', 'from'],
    [`from=${'9'.repeat(5_000)}`, 'from'],
    ['to=2027-01-01T00:00:00Z', 'to'],
    ['to=2025-01-01T00:00:00Z', 'to'],
    ['buckets=1', 'buckets']
  ]
  for (const [query, field] of refused) {
    const { status, body } = await call('GET', `/forecast?${query}`)
    t.equal(status, 400, query)
    t.match(body.errors, [{ in: 'query', pointer: `/${field}` }])
  }
})
