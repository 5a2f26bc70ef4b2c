import { test } from 'tap'
import { createTestApp, type Answer } from '../helpers/app.ts'

/** 1 January 2026, a Thursday: where the manual clock begins. */
const BEGIN = '2026-01-01T00:00:00.000Z'

function fields(answer: Answer): Record<string, unknown> {
  return answer.body as Record<string, unknown>
}

test('the two requests that the service was made for work word for word', async (t) => {
  const { request } = await createTestApp(t)
  const email = await request(
    'POST /jobs',
    String.raw`{"name": "Send Email", "schedule": "0 9 * * 1", "params": "{\"email\":\"user@example.com\"}"}`
  )
  t.equal(email.status, 201)
  t.equal(email.headers['location'], '/jobs/1')
  t.match(email.body, {
    id: 1,
    version: 1,
    name: 'Send Email',
    schedule: '0 9 * * 1',
    params: '{"email":"user@example.com"}',
    target: { type: 'log' },
    state: 'enabled',
    next_run_at: '2026-01-05T09:00:00.000Z',
    created_at: BEGIN
  })
  const backup = await request(
    'POST /jobs',
    String.raw`{"name": "Data Backup", "start_date": "2024-06-10T09:00:00Z", "repeat_interval": "24h", "params": "{\"path\":\"/backup\"}"}`
  )
  t.equal(backup.status, 201)
  t.match(backup.body, {
    id: 2,
    start_date: '2024-06-10T09:00:00Z',
    repeat_interval: '24h',
    params: '{"path":"/backup"}',
    next_run_at: '2026-01-01T09:00:00.000Z'
  })
  const list = await request('GET /jobs')
  t.equal(list.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(list.body, [email.body, backup.body])
  t.strictSame((await request('GET /jobs/2')).body, backup.body)
  const gone = await request('DELETE /jobs/1')
  t.equal(gone.status, 204)
  t.equal(gone.text, '')
  t.equal((await request('GET /jobs/1')).status, 404)
  t.strictSame((await request('GET /jobs')).body, [backup.body])
})

test('a job without a target logs its name and params when it runs', async (t) => {
  const { createJob, clock, lines, listRuns } = await createTestApp(t)
  await createJob({ name: 'Say it', repeat_interval: '10s', params: { to: 'all' } })
  await clock.advance(10_100)
  t.match(
    lines.filter((line) => line['msg'] === 'Job "Say it" ran.'),
    [{ job: 'Say it', params: { to: 'all' }, job_id: 1, run_id: 1 }]
  )
  t.match(await listRuns(), [{ state: 'succeeded', scheduled_for: '2026-01-01T00:00:10.000Z' }])
})

const PARAMS = [
  '"{\\"email\\":\\"user@example.com\\"}"',
  '"a string"',
  '""',
  'null',
  'true',
  'false',
  '0',
  '-12.5e-3',
  '9007199254740991',
  '1e300',
  '[]',
  '{}',
  '[1,[2,[3,null]],{"a":null}]',
  '{"z":null,"a":{"b":[null,{"c":null}]},"":"empty key"}',
  '"umlaut ä, emoji 👩‍🚀, zero \\u0000, lone \\ud800, line\\n"',
  '{"ключ":"значение","constructor":{"prototype":1},"toString":"x"}',
  '"2026-01-01T00:00:00Z"',
  '"12"'
]

test('params come back exactly as they were sent, at once, from the cache and to a handler', async (t) => {
  const seen: unknown[] = []
  const { request, clock } = await createTestApp(t, {
    handlers: { keep: ({ params }) => seen.push(params) }
  })
  for (const [index, text] of PARAMS.entries()) {
    const created = await request(
      'POST /jobs',
      `{"name":"n","schedule":"@hourly","target":{"type":"handler","name":"keep"},"params":${text}}`
    )
    t.equal(created.status, 201, text)
    const id = index + 1
    const sent = JSON.stringify(JSON.parse(text))
    t.equal(JSON.stringify(fields(created)['params']), sent)
    for (const when of ['loaded', 'cached']) {
      const read = fields(await request(`GET /jobs/${id}`))
      t.equal(JSON.stringify(read['params']), sent, when)
    }
    await request(`POST /jobs/${id}/run`)
    await request(`POST /jobs/${id}/run`, `{"params":${text},"overlap":"allow"}`)
    await clock.advance(10)
    t.strictSame(
      seen.splice(0).map((params) => JSON.stringify(params)),
      [sent, sent]
    )
  }
})

test('params that would not come back as they were sent are refused', async (t) => {
  const { request } = await createTestApp(t)
  for (const text of ['1e400', '{"a":[-1e999]}', '12345678901234567891', '[9007199254740993]']) {
    const answer = await request('POST /jobs', `{"name":"n","schedule":"@hourly","params":${text}}`)
    t.equal(answer.status, 400, text)
    t.match(fields(answer)['detail'], /send it as a string/, text)
  }
  t.strictSame((await request('GET /jobs')).body, [])
})

test('a job that is left to its defaults shows every field', async (t) => {
  const { createJob } = await createTestApp(t)
  t.strictSame(await createJob({ name: 'n', schedule: '0 9 * * *' }), {
    id: 1,
    version: 1,
    name: 'n',
    schedule: '0 9 * * *',
    start_date: null,
    repeat_interval: null,
    end_date: null,
    max_runs: null,
    timezone: 'UTC',
    dst: { gap: 'shift', overlap: 'first' },
    exclude: [],
    jitter: '0s',
    target: { type: 'log' },
    overlap: 'skip',
    misfire: 'latest',
    misfire_window: null,
    misfire_limit: 100,
    timeout: '1h',
    retry: { max_attempts: 1, backoff: 'exponential', initial: '5s', max: '5m', max_age: null },
    key: null,
    priority: 0,
    tags: [],
    params: null,
    paused: false,
    pause_reason: null,
    paused_until: null,
    skip_next: 0,
    scheduled_runs: 0,
    state: 'enabled',
    next_run_at: '2026-01-01T09:00:00.000Z',
    last_run_at: null,
    last_outcome: null,
    last_success_at: null,
    consecutive_failures: 0,
    running: 0,
    created_at: BEGIN,
    updated_at: BEGIN
  })
})

test('a patch merges, null removes, and what it leaves out stays', async (t) => {
  const { request, createJob, clock } = await createTestApp(t)
  await createJob({
    name: 'before',
    schedule: '0 9 * * *',
    timezone: 'Europe/Berlin',
    params: { keep: 1, drop: null },
    retry: { max_attempts: 4, initial: '7s' },
    tags: ['a', 'b']
  })
  await clock.advance(1_000)
  const patched = await request('PATCH /jobs/1', {
    name: 'after',
    timezone: null,
    retry: { initial: null, max: '9m' },
    tags: ['c']
  })
  t.equal(patched.status, 200)
  t.match(patched.body, {
    version: 2,
    name: 'after',
    schedule: '0 9 * * *',
    timezone: 'UTC',
    params: { keep: 1, drop: null },
    retry: { max_attempts: 4, initial: '5s', max: '9m' },
    tags: ['c'],
    next_run_at: '2026-01-01T09:00:00.000Z',
    updated_at: '2026-01-01T00:00:01.000Z',
    created_at: BEGIN
  })
  t.strictSame((await request('GET /jobs/1')).body, patched.body)
})

test('params are replaced whole by a patch, null included', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({ params: { a: 1, b: { c: 2 } } })
  t.strictSame(fields(await request('PATCH /jobs/1', { params: { b: {} } }))['params'], { b: {} })
  t.strictSame(fields(await request('PATCH /jobs/1', { params: null }))['params'], null)
  const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
  const patched = await request('PATCH /jobs/1', '{"params":[1]}', merge)
  t.strictSame(fields(patched)['params'], [1])
})

test('a patch that changes nothing leaves the version as it is', async (t) => {
  const { request, createJob } = await createTestApp(t)
  const job = await createJob({ tags: ['a'] })
  t.strictSame((await request('PATCH /jobs/1', {})).body, job)
  t.strictSame((await request('PATCH /jobs/1', { tags: ['a'], timezone: null })).body, job)
})

test('a patch that is refused changes nothing', async (t) => {
  const { request, createJob } = await createTestApp(t)
  const job = await createJob({ schedule: '0 9 * * *' })
  for (const patch of [
    { name: null },
    { name: '' },
    { repeat_interval: '5m' },
    { schedule: null },
    { schedule: '61 * * * *' },
    { state: 'paused' },
    { id: 2 },
    { target: { type: 'http' } },
    { tags: ['a', 'a'] }
  ]) {
    const answer = await request('PATCH /jobs/1', patch)
    t.equal(answer.status, 400, JSON.stringify(patch))
    const [field = ''] = Object.keys(patch)
    t.match(fields(answer)['detail'], new RegExp(`"${field}|schedule`, 'i'), JSON.stringify(patch))
  }
  t.strictSame((await request('GET /jobs/1')).body, job)
})

test('an interval takes the place of a cron expression in one patch', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({ schedule: '0 9 * * *' })
  const patched = await request('PATCH /jobs/1', { schedule: null, repeat_interval: '90s' })
  t.match(patched.body, { schedule: null, next_run_at: '2026-01-01T00:01:30.000Z' })
})

test('a paused job does not run and says why; a resumed one goes on with its next occurrence', async (t) => {
  const { request, createJob, clock, listRuns } = await createTestApp(t)
  await createJob({ repeat_interval: '10s' })
  const paused = await request('POST /jobs/1/pause', { reason: 'Inventory' })
  t.equal(paused.status, 200)
  t.match(paused.body, {
    state: 'paused',
    paused: true,
    pause_reason: 'Inventory',
    next_run_at: null,
    version: 1
  })
  await clock.advance(35_000)
  t.strictSame(await listRuns(), [])
  const resumed = await request('POST /jobs/1/resume')
  t.match(resumed.body, {
    state: 'enabled',
    paused: false,
    pause_reason: null,
    next_run_at: '2026-01-01T00:00:40.000Z'
  })
  await clock.advance(6_000)
  t.equal((await listRuns()).length, 1)
})

test('resuming with catch_up makes up for what was due during the pause', async (t) => {
  const { request, createJob, clock, listRuns } = await createTestApp(t)
  await createJob({ repeat_interval: '10s', misfire: 'all' })
  await request('POST /jobs/1/pause')
  await clock.advance(35_000)
  await request('POST /jobs/1/resume', { catch_up: true })
  await clock.advance(1_000)
  t.strictSame(
    (await listRuns('?job_id=1')).map((run) => run.scheduled_for.slice(17, 19)),
    ['30', '20', '10']
  )
})

test('a run by hand starts at once, leaves the schedule alone and says where it is', async (t) => {
  const { request, createJob, clock, getJob } = await createTestApp(t)
  const job = await createJob({ schedule: '@daily', params: 'own' })
  const answer = await request('POST /jobs/1/run', { params: 'given' })
  t.equal(answer.status, 201)
  t.equal(answer.headers['location'], '/runs/1')
  t.match(answer.body, { id: 1, job_id: 1, cause: 'manual', scheduled_for: BEGIN, attempt: 1 })
  await clock.advance(10)
  t.match((await request('GET /runs/1')).body, { state: 'succeeded', lateness_ms: 0 })
  const after = await getJob(1)
  t.equal(after.next_run_at, job.next_run_at)
  t.equal(after.last_outcome, 'succeeded')
})

test('a run by hand while one is going on is answered with that run, unless it may overlap', async (t) => {
  const { request, createJob, clock } = await createTestApp(t, {
    handlers: { stay: ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', no)) }
  })
  await createJob({ target: { type: 'handler', name: 'stay' } })
  await request('POST /jobs/1/run')
  const refused = await request('POST /jobs/1/run')
  t.equal(refused.status, 409)
  t.match(refused.body, { code: 'run_active', job_id: 1, run_id: 1, detail: /run 1/ })
  const queued = await request('POST /jobs/1/run', { overlap: 'queue_one' })
  t.match(queued.body, { state: 'pending' })
  const beside = await request('POST /jobs/1/run', { overlap: 'allow' })
  t.match(beside.body, { state: 'running' })
  t.match((await request('GET /jobs/1')).body, { running: 2 })
  await clock.advance(1)
})

test('a run is cancelled: at once when it waits, and told to stop when it runs', async (t) => {
  const { request, createJob, clock } = await createTestApp(t, {
    handlers: { stay: ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', no)) }
  })
  await createJob({ target: { type: 'handler', name: 'stay' } })
  await request('POST /jobs/1/run')
  await request('POST /jobs/1/run', { overlap: 'queue_one' })
  const waiting = await request('POST /runs/2/cancel')
  t.equal(waiting.status, 202)
  t.match(waiting.body, { id: 2, state: 'cancelled' })
  t.equal((await request('POST /runs/1/cancel')).status, 202)
  await clock.advance(10)
  t.match((await request('GET /runs/1')).body, { state: 'cancelled' })
  const again = await request('POST /runs/1/cancel')
  t.equal(again.status, 409)
  t.match(again.body, { code: 'run_finished', detail: /Run 1 is cancelled/ })
})

for (const [mode, state] of [
  ['', 'cancelled'],
  ['?running=cancel', 'cancelled'],
  ['?running=finish', 'succeeded']
] as const) {
  test(`DELETE /jobs/:id${mode} while it runs: the run ends as ${state} and stays readable`, async (t) => {
    let end: () => void = () => undefined
    const { request, createJob, clock, listRuns } = await createTestApp(t, {
      handlers: {
        wait: ({ signal }) =>
          new Promise<void>((resolve, reject) => {
            end = resolve
            signal.addEventListener('abort', () => reject(new Error('stopped')))
          })
      }
    })
    await createJob({ target: { type: 'handler', name: 'wait' } })
    await request('POST /jobs/1/run')
    t.equal((await request(`DELETE /jobs/1${mode}`)).status, 204)
    end()
    await clock.advance(100)
    t.match(await listRuns('?job_id=1'), [{ id: 1, state }])
    t.match((await request('GET /jobs/1/runs')).body, [{ id: 1, state }])
    t.equal((await request('DELETE /jobs/1')).status, 404)
  })
}

test('DELETE ?running=refuse leaves a job that runs alone, and takes one that does not', async (t) => {
  const { request, createJob, clock } = await createTestApp(t, {
    handlers: { stay: ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', no)) }
  })
  await createJob({ target: { type: 'handler', name: 'stay' } })
  await request('POST /jobs/1/run')
  const refused = await request('DELETE /jobs/1?running=refuse')
  t.equal(refused.status, 409)
  t.match(refused.body, { code: 'job_running', detail: /1 running run;.*\?running=cancel/ })
  t.match((await request('GET /jobs/1')).body, { running: 1 })
  await request('POST /runs/1/cancel')
  await clock.advance(10)
  t.equal((await request('DELETE /jobs/1?running=refuse')).status, 204)
})

test('a finished job cannot be paused, can be run by hand, and goes on with a new schedule', async (t) => {
  const { request, createJob, clock } = await createTestApp(t)
  await createJob({ start_date: '2026-01-01T00:00:05Z' })
  await clock.advance(6_000)
  t.match((await request('GET /jobs/1')).body, { state: 'finished', next_run_at: null })
  const refused = await request('POST /jobs/1/pause')
  t.equal(refused.status, 409)
  t.match(refused.body, { code: 'job_finished', detail: /Job 1 is finished/ })
  t.equal((await request('POST /jobs/1/run')).status, 201)
  t.match((await request('PATCH /jobs/1', { start_date: '2026-01-02T00:00:00Z' })).body, {
    state: 'enabled',
    next_run_at: '2026-01-02T00:00:00.000Z'
  })
})

test('ids are never used again', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({})
  await request('DELETE /jobs/1')
  t.equal((await createJob({})).id, 2)
})

test('HEAD answers as GET does, without the body', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({})
  for (const path of ['/jobs', '/jobs/1', '/jobs/1/runs', '/runs', '/livez', '/readyz']) {
    const got = await request(`GET ${path}`)
    const head = await request(`HEAD ${path}`)
    t.equal(head.status, 200, path)
    t.equal(head.text, '', path)
    t.equal(head.headers['content-type'], got.headers['content-type'], path)
  }
  t.equal((await request('HEAD /jobs/2')).status, 404)
})
