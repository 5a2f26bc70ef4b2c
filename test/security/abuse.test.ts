/** What clients send that means no good, where no other test has it. */
import { test } from 'tap'
import { SERVER_FIELDS } from '../../src/domain/job.ts'
import { createTestApp } from '../helpers/app.ts'

const MARKUP = '</script><img src=x onerror=alert(1)>'
/** Clears a terminal, paints it, writes right to left, and pretends to be another line. */
const TERMINAL = '\u001b[2J\u001b[31m\u009b1m\u202e\u2028\r\n{"level":60,"msg":"forged"}\n'

test('whatever a request or a job says is one line of the log', async (t) => {
  const { request, createJob, clock, lines } = await createTestApp(t)
  await createJob({ params: { text: TERMINAL }, repeat_interval: '1s' })
  await clock.advance(1_500)
  await request(`GET /${encodeURIComponent(TERMINAL)}`)
  await request('GET /jobs', undefined, { headers: { 'user-agent': MARKUP, 'x-odd': '\u009b1m' } })
  // Each of these was written at once and read as JSON, so that a line break in it would show.
  t.ok(
    lines.some((line) => JSON.stringify(line).includes('forged')),
    'it was logged'
  )
  t.notOk(
    lines.some(({ msg }) => msg === 'forged'),
    'as a part of a line'
  )
})

test('what a request says comes back as JSON text, never as a page', async (t) => {
  const { request } = await createTestApp(t, { isService: true })
  const text = encodeURIComponent(MARKUP)
  for (const call of [
    `GET /${text}`,
    `GET /jobs/${text}`,
    `GET /jobs?cursor=${text}`,
    `GET /jobs?${text}=1`,
    `GET /problems/${text}`,
    `GET /docs/static/${text}`
  ]) {
    const {
      status,
      headers,
      text: sent
    } = await request(call, undefined, {
      headers: { host: 'localhost', accept: 'text/html', 'x-request-id': MARKUP }
    })
    t.ok(status === 400 || status === 404, call)
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8', call)
    t.equal(headers['x-content-type-options'], 'nosniff', call)
    t.doesNotThrow(() => JSON.parse(sent), call)
  }
})

test('no path leads out of where the files of the page are', async (t) => {
  const { request } = await createTestApp(t, { isService: true })
  for (const path of [
    '/docs/static/../../package.json',
    '/docs/static/..%2f..%2fpackage.json',
    '/docs/static/%2e%2e/%2e%2e/package.json',
    '/docs/static/..%5c..%5cpackage.json',
    '/docs/static/%252e%252e%252fpackage.json',
    '/docs/static/....//....//package.json',
    '/docs/static/%2fetc%2fpasswd',
    '/docs/static//etc/passwd',
    '/docs/static/swagger-ui.css%00.png',
    '/docs/static/.env',
    '/jobs/..%2fruns',
    '/jobs/1%2f..%2f2',
    '/JOBS',
    '/jobs;a=1',
    '/.git/config',
    '/package.json'
  ]) {
    const { status } = await request(`GET ${path}`)
    t.ok(status >= 400 && status < 500, `${path}: ${status}`)
  }
})

test('a field of the server cannot be set by any route that takes a job', async (t) => {
  const { request, createJob, getJob } = await createTestApp(t)
  const before = await createJob({ key: 'k' })
  const fields = [...SERVER_FIELDS, 'lease', 'run_count', 'owner', 'constructor', 'active_key']
  for (const field of fields) {
    for (const value of [1, 'x', null, {}]) {
      const whole = { name: 'n', schedule: '@daily', [field]: value }
      const calls: [call: string, body: object, at: string][] = [
        ['POST /jobs', whole, ''],
        ['PUT /jobs/1', whole, ''],
        ['PUT /jobs/by-key/k', whole, ''],
        ['PATCH /jobs/1', { [field]: value }, ''],
        ['POST /jobs/apply', { jobs: [{ key: 'k', ...whole }] }, '/jobs/0']
      ]
      for (const [call, body, at] of calls) {
        // A patch of null removes, and there is nothing to remove.
        if (call === 'PATCH /jobs/1' && value === null) continue
        const answer = await request(call, body)
        t.match(answer, {
          status: 400,
          body: { code: 'validation_failed', errors: [{ pointer: `${at}/${field}` }] }
        })
      }
    }
  }
  t.strictSame(await getJob(before.id), before)
})

test('no label of a metric is from a request but the id of a job, and all of those go', async (t) => {
  const { request, createJob } = await createTestApp(t, { config: { metricsJobLimit: 50 } })
  const scrape = async () => {
    const { text } = await request('GET /metrics')
    return text.split('\n').filter((line) => /^(requests|http_request|scheduler)/.test(line))
  }
  await createJob({ name: 'first' })
  await request('DELETE /jobs/1')
  await request('GET /nowhere/0')
  const before = (await scrape()).length
  for (let n = 0; n < 200; n++) {
    await createJob({ name: `secret-name-${n}`, tags: [`secret-tag-${n}`], key: `secret-key-${n}` })
    await request(`GET /secret-path-${n}?secret=${n}`)
    await request(`GET /jobs/99${n}`)
  }
  const full = await scrape()
  t.notMatch(full.join('\n'), 'secret')
  t.ok(full.some((line) => line.includes('job_id="2"')))
  t.notOk(
    full.some((line) => line.includes('job_id="52"')),
    'as many as allowed'
  )
  t.match(await request('POST /jobs/bulk', { action: 'delete', filter: { q: 'secret' } }), {
    status: 200
  })
  const after = await scrape()
  t.notOk(
    after.some((line) => line.includes('job_id')),
    'none is left'
  )
  // Those of routes that were not asked for before: each its count, its buckets and its sum.
  t.ok(after.length < before + 100, `${before} series became ${after.length}`)
})

test('what would cost much is bounded before any work is done', async (t) => {
  const { request } = await createTestApp(t)
  const schedule = '*/5 * * * *'
  const refused: [call: string, body?: object][] = [
    ['GET /jobs?limit=1000000000'],
    ['GET /runs?limit=1001'],
    ['GET /jobs/1/next?count=1000000'],
    ['GET /forecast?from=2026-01-01T00:00:00Z&to=9999-01-01T00:00:00Z&bucket=1s'],
    ['POST /schedules/preview', { schedule, count: 1_000_000 }],
    ['POST /schedules/preview', { schedule: '*'.repeat(200_000) }],
    ['POST /schedules/preview', { schedule: `${'1,'.repeat(100_000)}1 * * * *` }],
    ['POST /schedules/preview', { schedule, timezone: 'A'.repeat(100_000) }],
    ['POST /jobs', { name: 'n', schedule: '0 0 30 2 *' }],
    ['POST /jobs', { name: 'n', schedule, exclude: Array(10_000).fill('0 0 * * *') }],
    ['POST /jobs', { name: 'n', schedule, tags: Array.from({ length: 10_000 }, (_, n) => `${n}`) }],
    ['POST /jobs', { name: 'n', repeat_interval: '1ms' }]
  ]
  for (const [call, body] of refused) {
    const { status } = await request(call, body)
    t.equal(status, 400, `${call} ${JSON.stringify(body)?.slice(0, 60)}`)
  }
})

test('a search is for the text itself, whatever pattern it would be', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({ name: 'a'.repeat(200) })
  await createJob({ name: '((a+)+)$ .* [^x]' })
  const found = async (q: string) => {
    const { body } = await request(`GET /jobs?q=${encodeURIComponent(q)}`)
    return (body as { id: number }[]).map(({ id }) => id)
  }
  t.strictSame(await found('((a+)+)$'), [2])
  t.strictSame(await found('.*'), [2])
  t.strictSame(await found('[^x]'), [2])
  t.strictSame(await found('(a|a)*b'), [])
})
