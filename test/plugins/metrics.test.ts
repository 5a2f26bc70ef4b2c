import { spawnSync } from 'node:child_process'
import { Registry } from '@prometheus-io/client'
import { test, type Test } from 'tap'
import { INVARIANTS } from '../../src/domain/invariant.ts'
import { createJobMetrics } from '../../src/metrics/job-metrics.ts'
import { createTestApp, type TestApp } from '../helpers/app.ts'

/** The samples of a scrape: name and labels as written, and the value. */
async function scrape({ request }: Pick<TestApp, 'request'>): Promise<Map<string, number>> {
  const { text } = await request('GET /metrics')
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    })
  )
}

/** The samples of one name: their labels, and the values. */
function series(samples: ReadonlyMap<string, number>, name: string): Record<string, number> {
  const found = [...samples].filter(([key]) => key === name || key.startsWith(`${name}{`))
  return Object.fromEntries(found.map(([key, value]) => [key.slice(name.length), value]))
}

const failing = {
  fail: () => {
    throw new Error('no')
  }
}
const target = { type: 'handler', name: 'fail' }

test('the five names of the contract are there from the first scrape, with the right types', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({})
  const first = await request('GET /metrics')
  t.equal(first.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  const { text } = await request('GET /metrics')
  for (const type of [
    'cache_hits counter',
    'cache_size gauge',
    'scheduler_successes counter',
    'scheduler_failures counter',
    'requests counter'
  ]) {
    t.match(text, `# TYPE ${type}\n`)
  }
  t.match(text, '\nscheduler_successes{job_id="1"} 0\n')
  t.match(text, '\nscheduler_failures{job_id="1"} 0\n')
  t.match(text, '\nrequests{type="create_job",status="201"} 1\n')
})

test('hits and size of the cache are what they are', async (t) => {
  const service = await createTestApp(t)
  await service.createJob({})
  await service.createJob({})
  for (let read = 0; read < 4; read++) await service.request('GET /jobs')
  const samples = await scrape(service)
  t.equal(samples.get('cache_hits'), 3)
  t.equal(samples.get('cache_misses_total'), 1)
  t.equal(samples.get('cache_size'), 2)
  t.equal(samples.get('cache_evictions_total'), 0)
  await service.request('DELETE /jobs/1')
  t.equal((await scrape(service)).get('cache_size'), 1)
})

test('requests are counted by operation and three-digit status, refused ones and unknown paths too', async (t) => {
  const service = await createTestApp(t)
  const { request, createJob } = service
  await createJob({})
  for (const call of [
    'GET /jobs',
    'GET /jobs',
    'HEAD /jobs',
    'GET /jobs/1',
    'GET /jobs/2',
    'GET /jobs/x',
    'POST /jobs',
    'POST /jobs/1/run',
    'DELETE /jobs/1',
    'GET /livez',
    'GET /nope'
  ]) {
    await request(call)
  }
  t.strictSame(series(await scrape(service), 'requests'), {
    '{type="create_job",status="201"}': 1,
    '{type="create_job",status="400"}': 1,
    '{type="list_jobs",status="200"}': 3,
    '{type="get_job",status="200"}': 1,
    '{type="get_job",status="404"}': 1,
    '{type="get_job",status="400"}': 1,
    '{type="run_job",status="201"}': 1,
    '{type="delete_job",status="204"}': 1,
    '{type="livez",status="200"}': 1,
    '{type="unknown",status="404"}': 1
  })
})

test('successes and failures are counted by job, a retried failure once', async (t) => {
  const service = await createTestApp(t, { handlers: failing })
  await service.createJob({ repeat_interval: '10s' })
  await service.createJob({
    repeat_interval: '15s',
    target,
    retry: { max_attempts: 2, initial: '1s', backoff: 'fixed' }
  })
  await service.createJob({ schedule: '@daily' })
  await service.clock.advance(33_000)
  const samples = await scrape(service)
  t.strictSame(series(samples, 'scheduler_successes'), {
    '{job_id="1"}': 3,
    '{job_id="2"}': 0,
    '{job_id="3"}': 0
  })
  t.strictSame(series(samples, 'scheduler_failures'), {
    '{job_id="1"}': 0,
    '{job_id="2"}': 2,
    '{job_id="3"}': 0
  })
  t.equal(samples.get('scheduler_run_attempts_total{outcome="failed"}'), 4)
  t.equal(
    samples.get('scheduler_runs_total{outcome="failed",cause="schedule",target="handler"}'),
    2
  )
})

test('the counters of a job go when it is deleted, also when a run of it ends later', async (t) => {
  let end: () => void = () => undefined
  const service = await createTestApp(t, {
    handlers: { fail: () => new Promise<void>((resolve) => (end = resolve)) }
  })
  await service.createJob({ target })
  await service.request('POST /jobs/1/run')
  await service.request('DELETE /jobs/1?running=finish')
  end()
  await service.clock.advance(100)
  const samples = await scrape(service)
  t.strictSame(series(samples, 'scheduler_successes'), {})
  t.strictSame(series(samples, 'scheduler_failures'), {})
  t.strictSame(series(samples, 'scheduler_job_consecutive_failures'), {})
})

test('a finished job shows its last run once, and then goes', async (t) => {
  const service = await createTestApp(t)
  await service.createJob({ start_date: '2026-01-01T00:00:05Z' })
  t.strictSame(series(await scrape(service), 'scheduler_successes'), { '{job_id="1"}': 0 })
  await service.clock.advance(6_000)
  t.strictSame(series(await scrape(service), 'scheduler_successes'), { '{job_id="1"}': 1 })
  t.strictSame(series(await scrape(service), 'scheduler_successes'), {})
  t.equal((await scrape(service)).get('scheduler_jobs{state="finished"}'), 1)
})

test('a finished job whose last run still goes on keeps its counters until that run was shown', async (t) => {
  let end: () => void = () => undefined
  const service = await createTestApp(t, {
    handlers: { fail: () => new Promise<void>((resolve) => (end = resolve)) }
  })
  await service.createJob({ start_date: '2026-01-01T00:00:05Z', target })
  await service.clock.advance(6_000)
  for (let times = 0; times < 2; times++) {
    t.strictSame(series(await scrape(service), 'scheduler_successes'), { '{job_id="1"}': 0 })
  }
  end()
  await service.clock.advance(100)
  t.strictSame(series(await scrape(service), 'scheduler_successes'), { '{job_id="1"}': 1 })
  t.strictSame(series(await scrape(service), 'scheduler_successes'), {})
})

/** The metrics of single jobs alone, to stop between the steps of a scrape. */
function jobMetricsOf({ app, clock }: TestApp) {
  const registry = new Registry()
  const { db, scheduler } = app
  const metrics = createJobMetrics({ registry, db, clock, scheduler, jobLimit: 10 })
  return { ...metrics, text: () => registry.metrics() }
}

test('a last run that ends while a scrape is being made is shown by the next one', async (t) => {
  let end: () => void = () => undefined
  const service = await createTestApp(t, {
    handlers: { fail: () => new Promise<void>((resolve) => (end = resolve)) }
  })
  const metrics = jobMetricsOf(service)
  await service.createJob({ start_date: '2026-01-01T00:00:05Z', target })
  await service.clock.advance(6_000)
  await metrics.refresh()
  t.match(await metrics.text(), 'scheduler_successes{job_id="1"} 0')
  end()
  await service.clock.advance(100)
  metrics.release()
  await metrics.refresh()
  t.match(await metrics.text(), 'scheduler_successes{job_id="1"} 1')
  metrics.release()
  t.notMatch(await metrics.text(), 'job_id="1"')
})

test('a finished job that gets a new schedule is counted again from its very next run', async (t) => {
  const service = await createTestApp(t)
  await service.createJob({ start_date: '2026-01-01T00:00:05Z' })
  await service.clock.advance(6_000)
  await scrape(service)
  await service.request('PATCH /jobs/1', { start_date: '2026-01-01T00:00:10Z' })
  await service.clock.advance(5_000)
  t.strictSame(series(await scrape(service), 'scheduler_successes'), { '{job_id="1"}': 1 })
})

test('no more jobs than allowed have series of their own; one that goes makes room', async (t) => {
  const service = await createTestApp(t, { config: { metricsJobLimit: 2 } })
  for (const name of ['a', 'b', 'c']) await service.createJob({ name, repeat_interval: '10s' })
  await service.clock.advance(11_000)
  const before = await scrape(service)
  for (const name of [
    'scheduler_successes',
    'scheduler_failures',
    'scheduler_job_next_run_timestamp_seconds',
    'scheduler_job_last_success_timestamp_seconds',
    'scheduler_job_consecutive_failures'
  ]) {
    t.strictSame(Object.keys(series(before, name)), ['{job_id="1"}', '{job_id="2"}'], name)
  }
  t.equal(before.get('scheduler_runs_total{outcome="succeeded",cause="schedule",target="log"}'), 3)
  await service.request('DELETE /jobs/1')
  const after = Object.keys(series(await scrape(service), 'scheduler_successes'))
  t.strictSame(after, ['{job_id="2"}', '{job_id="3"}'])
})

test('jobs that were there before this process started have their counters at once', async (t) => {
  const first = await createTestApp(t)
  await first.createJob({ repeat_interval: '10s' })
  const metrics = jobMetricsOf(first)
  await metrics.refresh()
  t.match(await metrics.text(), 'scheduler_successes{job_id="1"} 0')
})

test('what a job is due for and how it did is shown in seconds', async (t) => {
  const service = await createTestApp(t, { handlers: failing })
  await service.createJob({ repeat_interval: '10s' })
  await service.createJob({ repeat_interval: '10s', target })
  await service.createJob({})
  await service.request('POST /jobs/3/pause')
  await service.clock.advance(21_000)
  const samples = await scrape(service)
  const begin = Date.parse('2026-01-01T00:00:00Z') / 1_000
  t.strictSame(series(samples, 'scheduler_job_next_run_timestamp_seconds'), {
    '{job_id="1"}': begin + 30,
    '{job_id="2"}': begin + 30
  })
  t.strictSame(series(samples, 'scheduler_job_last_success_timestamp_seconds'), {
    '{job_id="1"}': begin + 20
  })
  t.equal(samples.get('scheduler_job_consecutive_failures{job_id="2"}'), 2)
  t.strictSame(series(samples, 'scheduler_jobs'), {
    '{state="enabled"}': 2,
    '{state="paused"}': 1,
    '{state="finished"}': 0
  })
  t.equal(samples.get('scheduler_last_pass_timestamp_seconds'), begin + 21)
  t.equal(samples.get('scheduler_run_lateness_seconds_count'), 4)
})

test('what waits is counted, and how long the oldest of it does', async (t) => {
  const service = await createTestApp(t, { config: { autoStart: false } })
  await service.createJob({ repeat_interval: '10s' })
  await service.createJob({ repeat_interval: '15s' })
  t.equal((await scrape(service)).get('scheduler_runs_due'), 0)
  await service.clock.advance(18_000)
  const samples = await scrape(service)
  t.equal(samples.get('scheduler_runs_due'), 2)
  t.equal(samples.get('scheduler_oldest_due_age_seconds'), 8)
})

test('during a pause of all scheduling nothing is late, but what waits is counted', async (t) => {
  const service = await createTestApp(t)
  await service.createJob({ repeat_interval: '10s' })
  t.equal((await scrape(service)).get('scheduler_paused'), 0)
  await service.app.scheduler.pauseScheduling()
  await service.clock.advance(18_000)
  const samples = await scrape(service)
  t.equal(samples.get('scheduler_paused'), 1)
  t.equal(samples.get('scheduler_runs_due'), 1)
  t.equal(samples.get('scheduler_oldest_due_age_seconds'), 0)
})

test('occurrences that were not run are counted by the reason', async (t) => {
  const service = await createTestApp(t, {
    handlers: { fail: () => new Promise(() => undefined) }
  })
  await service.createJob({ repeat_interval: '10s', target })
  await service.clock.advance(35_000)
  const samples = await scrape(service)
  t.equal(samples.get('scheduler_occurrences_not_run_total{reason="overlap"}'), 2)
  t.equal(samples.get('scheduler_runs_in_flight'), 1)
})

test('what the database fails is counted by the operation, what a client does wrong is not', async (t) => {
  const service = await createTestApp(t)
  await service.createJob({})
  await service.app.db.query.schema.dropTable('carillon_changes').execute()
  t.equal((await service.request('GET /jobs/1/changes')).status, 500)
  t.equal((await service.request('POST /jobs', { name: 'x', schedule: '@daily' })).status, 500)
  t.equal(
    (await service.request('POST /jobs?dry_run=true', { name: 'x', schedule: '@daily' })).status,
    500
  )
  t.equal((await service.request('GET /jobs/2')).status, 404)
  t.equal((await service.request('POST /jobs', {})).status, 400)
  t.strictSame(series(await scrape(service), 'scheduler_store_errors_total'), {
    '{op="list_changes"}': 1,
    '{op="create_job"}': 2
  })
})

test('an error of an application inside of its own transaction is none of the database', async (t) => {
  const service = await createTestApp(t)
  const failed = service.app.scheduler.together(() => Promise.reject(new Error('mine')))
  await t.rejects(failed, { message: 'mine' })
  t.strictSame(series(await scrape(service), 'scheduler_store_errors_total'), {})
})

test('the first run of a job that another process created is counted', async (t) => {
  const service = await createTestApp(t)
  const metrics = jobMetricsOf(service)
  await metrics.refresh()
  const job = await service.createJob({})
  service.app.scheduler.events.emit('job_deleted', { id: job.id })
  await service.request(`POST /jobs/${job.id}/run`)
  await service.clock.advance(100)
  t.match(await metrics.text(), `scheduler_successes{job_id="${job.id}"} 1`)
})

test('lateness leaves out what a job is delayed by its own jitter', async (t) => {
  const service = await createTestApp(t)
  await service.createJob({ repeat_interval: '1h', jitter: '30m' })
  await service.clock.advance(7_200_000)
  const samples = await scrape(service)
  const count = samples.get('scheduler_run_lateness_seconds_count') ?? 0
  t.ok(count > 0)
  t.equal(samples.get('scheduler_run_lateness_seconds_bucket{le="1"}'), count)
})

/** What the contract names beside the five. */
const FURTHER = [
  'cache_misses_total',
  'cache_evictions_total',
  'scheduler_runs_total',
  'scheduler_run_lateness_seconds',
  'scheduler_run_duration_seconds',
  'scheduler_run_attempts_total',
  'scheduler_occurrences_not_run_total',
  'scheduler_runs_in_flight',
  'scheduler_run_slots',
  'scheduler_runs_due',
  'scheduler_oldest_due_age_seconds',
  'scheduler_paused',
  'scheduler_jobs',
  'scheduler_job_next_run_timestamp_seconds',
  'scheduler_job_last_success_timestamp_seconds',
  'scheduler_job_consecutive_failures',
  'scheduler_last_pass_timestamp_seconds',
  'scheduler_leases_lost_total',
  'scheduler_rescued_runs_total',
  'scheduler_store_errors_total',
  'scheduler_build_info',
  'http_request_duration_seconds',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_seconds'
]

/** A scrape in which everything has happened. */
async function busyScrape(t: Test): Promise<string> {
  const service = await createTestApp(t, { handlers: failing })
  await service.createJob({ repeat_interval: '10s' })
  await service.createJob({ repeat_interval: '10s', target })
  await service.clock.advance(21_000)
  for (const call of ['GET /jobs', 'GET /jobs', 'GET /jobs/9', 'GET /runs']) {
    await service.request(call)
  }
  return (await service.request('GET /metrics')).text
}

test('every further name of the contract is there, with a help text', async (t) => {
  const text = await busyScrape(t)
  for (const name of FURTHER) t.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'), name)
})

test('the routes of requests are shown as declared, not as asked for', async (t) => {
  const text = await busyScrape(t)
  t.match(text, /http_request_duration_seconds_count\{[^}]*route="\/jobs\/:id"[^}]*\} 1/)
  t.notMatch(text, 'route="/jobs/9"')
})

const promtool = spawnSync('promtool', ['--version'])
const withoutPromtool = promtool.error === undefined ? false : 'promtool is not installed'

test(
  'promtool finds fault with the four counters of the contract and nothing else',
  {
    skip: withoutPromtool
  },
  async (t) => {
    const text = await busyScrape(t)
    const { stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8'
    })
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
    t.strictSame(lines.sort(), [
      'cache_hits counter metrics should have "_total" suffix',
      'requests counter metrics should have "_total" suffix',
      'scheduler_failures counter metrics should have "_total" suffix',
      'scheduler_successes counter metrics should have "_total" suffix'
    ])
  }
)

test('two services in one process keep their metrics apart', async (t) => {
  const [one, two] = [await createTestApp(t), await createTestApp(t)]
  await one.createJob({})
  await one.request('GET /jobs')
  const samples = await scrape(two)
  t.strictSame(series(samples, 'scheduler_successes'), {})
  t.strictSame(series(samples, 'requests'), {})
  t.equal(samples.get('cache_misses_total'), 0)
  t.equal((await scrape(one)).get('cache_misses_total'), 1)
})

test('what the self-check finds is shown until it is gone, and logged once with what was done', async (t) => {
  const service = await createTestApp(t)
  const job = await service.createJob({ schedule: '@yearly' })
  const name = 'scheduler_invariant_violations'
  const healthy = Object.fromEntries(INVARIANTS.map((one) => [`{invariant="${one}"}`, 0]))
  const first = await scrape(service)
  t.strictSame(series(first, name), healthy, 'all of them from the start')
  t.equal(first.get('scheduler_self_check_timestamp_seconds'), 0)
  await service.clock.advance(1_000)
  await service.app.db.query.updateTable('carillon_jobs').set({ next_run_at: null }).execute()
  await service.clock.advance(30_000)
  const then = await scrape(service)
  t.strictSame(series(then, name), { ...healthy, '{invariant="next_run_missing"}': 1 })
  const checkedAt = then.get('scheduler_self_check_timestamp_seconds') ?? 0
  t.ok(service.clock.now() / 1_000 - checkedAt < 2)
  await service.clock.advance(60_000)
  t.strictSame(series(await scrape(service), name), healthy)
  const lines = service.lines.filter((line) => 'invariant' in line)
  t.match(lines, [
    {
      level: 50,
      invariant: 'next_run_missing',
      count: 1,
      examples: [job.id],
      msg: 'Enabled jobs had no next occurrence. They have their first occurrence after now again.'
    },
    { level: 30, invariant: 'next_run_missing', count: 0, msg: 'An invariant holds again.' }
  ])
  t.equal(lines.length, 2)
})
