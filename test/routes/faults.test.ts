import { test, type Test } from 'tap'
import { createTestApp, type Answer } from '../helpers/app.ts'

interface ProblemBody {
  status: number
  code: string
  detail: string
  instance: string
  request_id: string
  type: string
  errors?: { in: string; pointer: string; detail: string }[]
}

/** The problem in an answer, after what every problem must have was looked at. */
function problemOf(t: Test, answer: Answer): ProblemBody {
  const problem = answer.body as ProblemBody
  t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.equal(problem.status, answer.status)
  t.match(problem.code, /^[a-z_]+$/)
  t.equal(problem.type, `/problems/${problem.code}`)
  t.match(problem.request_id, /./)
  t.match(problem.detail, /^\S.*[.?]$/s, 'a sentence')
  t.notMatch(answer.text, /\bat .*\.[jt]s:\d|select |insert into|SQLITE/i, 'no stack, no SQL')
  return problem
}

const CRON = { name: 'n', schedule: '@hourly' }

/** What is sent, where the fault is, and what the sentence must say: value, and fix. */
const BODIES: [input: unknown, pointer: string, says: RegExp][] = [
  [{}, '/name', /"name" is missing; it is required/],
  [{ schedule: '@hourly' }, '/name', /"name" is missing/],
  [{ name: 'n' }, '/schedule', /no "schedule", no "repeat_interval" and no "start_date"; give one/],
  [{ ...CRON, name: '' }, '/name', /"name" is "", but must have at least 1/],
  [{ ...CRON, name: 5 }, '/name', /"name" is 5, but must be a string/],
  [{ ...CRON, name: null }, '/name', /"name" is null, but must be a string/],
  [{ ...CRON, name: 'x'.repeat(201) }, '/name', /"name" is longer than 200 characters; shorten/],
  [{ ...CRON, name: 'a\u0000b' }, '/name', /"name" is "a\\u0000b", which has a control character/],
  [{ ...CRON, name: 'a\nb' }, '/name', /control character such as a line break; remove it/],
  [{ ...CRON, name: 'a\u001b[31m' }, '/name', /control character/],
  [{ ...CRON, name: 'a\u0085b' }, '/name', /control character/],
  [{ ...CRON, tags: ['a\tb'] }, '/tags/0', /control character/],
  [{ ...CRON, tags: ['\ud800', '\udc00'] }, '/tags/0', /half of a surrogate pair; remove it/],
  [{ ...CRON, key: 'a\udc00\ud800' }, '/key', /"a\\udc00\\ud800", which has half of a surrogate/],
  [{ ...CRON, repeat_intervall: '5m' }, '/repeat_intervall', /Did you mean "repeat_interval"\?/],
  [{ ...CRON, foo: 1 }, '/foo', /"foo" is not a known field/],
  [{ ...CRON, id: 7 }, '/id', /"id" is set by the server; leave it out/],
  [{ ...CRON, paused: true }, '/paused', /Use POST \/jobs\/:id\/pause/],
  [{ ...CRON, next_run_at: null }, '/next_run_at', /set by the server/],
  [{ ...CRON, repeat_interval: '5m' }, '/repeat_interval', /both set/],
  [
    { name: 'n', repeat_interval: '500ms' },
    '/repeat_interval',
    /"500ms", but must be at least "1s"/
  ],
  [
    { name: 'n', repeat_interval: '5 parsecs' },
    '/repeat_interval',
    /"5 parsecs", but must be a dur/
  ],
  [{ name: 'n', repeat_interval: 60 }, '/repeat_interval', /is 60, but must be a string/],
  [
    { name: 'n', start_date: '2020-01-01T00:00:00Z' },
    '/start_date',
    /is in the past; give a later/
  ],
  [{ name: 'n', start_date: '2026-02-30T00:00:00Z' }, '/start_date', /RFC 3339/],
  [{ name: 'n', start_date: '2026-06-01 09:00' }, '/start_date', /with an offset/],
  [{ name: 'n', schedule: '0 0 30 2 *' }, '/schedule', /0 0 30 2 \*.*never/],
  [{ name: 'n', schedule: '61 * * * *' }, '/schedule', /"61" is not a valid minute; write 0-59/],
  [{ name: 'n', schedule: '' }, '/schedule', /"schedule" is ""/],
  [{ name: 'n', schedule: '* '.repeat(200) }, '/schedule', /256/],
  [{ ...CRON, timezone: 'Mars/Phobos' }, '/timezone', /"Mars\/Phobos"/],
  [{ ...CRON, target: { type: 'ftp' } }, '/target', /"target" is \{"type":"ftp"\}, but must be/],
  [{ ...CRON, target: 'log' }, '/target', /"target" is "log"/],
  [{ ...CRON, target: { type: 'http' } }, '/target/url', /"target.url" is missing/],
  [
    { ...CRON, target: { type: 'http', url: 'ftp://x' } },
    '/target/url',
    /"ftp:", but must be http/
  ],
  [
    { ...CRON, target: { type: 'http', url: 'http://u:p@x' } },
    '/target/url',
    /user name or password; send them in an Authorization/
  ],
  [
    { ...CRON, target: { type: 'http', url: 'http://x', methd: 'GET' } },
    '/target/methd',
    /Did you mean "method"\?/
  ],
  [
    { ...CRON, target: { type: 'http', url: 'http://x', headers: { 'x-a': 'a\r\nb: c' } } },
    '/target/headers/x-a',
    /line break/
  ],
  [{ ...CRON, overlap: 'qeue_one' }, '/overlap', /one of skip, .*Did you mean "queue_one"\?/],
  [{ ...CRON, misfire_limit: 0 }, '/misfire_limit', /is 0, but must lie between 1 and 1000/],
  [{ ...CRON, misfire_limit: '5' }, '/misfire_limit', /is "5", but must be an integer/],
  [{ ...CRON, retry: { max_attempts: 1.5 } }, '/retry/max_attempts', /is 1\.5, but must be an int/],
  [{ ...CRON, retry: { max_atempts: 3 } }, '/retry/max_atempts', /Did you mean "max_attempts"/],
  [{ ...CRON, timeout: '0s' }, '/timeout', /"0s", but must be at least "1ms"/],
  [{ ...CRON, tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, '/tags', /more than 20 items/],
  [{ ...CRON, tags: ['a', 'a'] }, '/tags', /only once/],
  [{ ...CRON, params: 'x'.repeat(65_537) }, '/params', /65539 bytes as JSON, but may have 65536/]
]

test('every fault of a definition is answered with its field, its value and the fix', async (t) => {
  const { request } = await createTestApp(t)
  for (const [input, pointer, says] of BODIES) {
    const name = JSON.stringify(input).slice(0, 80)
    const answer = await request('POST /jobs', input)
    t.equal(answer.status, 400, name)
    const problem = problemOf(t, answer)
    t.equal(problem.code, 'validation_failed', name)
    t.match(problem.detail, says, name)
    t.match(problem.errors, [{ in: 'body', pointer, detail: says }], name)
  }
  t.strictSame((await request('GET /jobs')).body, [])
})

test('every fault of one body is told at once', async (t) => {
  const { request } = await createTestApp(t)
  const answer = await request('POST /jobs', { name: 5, schedule: 6, tags: 'x', foo: 1 })
  t.strictSame(
    problemOf(t, answer)
      .errors?.map((fault) => fault.pointer)
      .sort(),
    ['/foo', '/name', '/schedule', '/tags']
  )
})

const nested = (depth: number): string =>
  `{"name":"n","schedule":"@hourly","params":${'['.repeat(depth)}${']'.repeat(depth)}}`

/** The body as it is, its content type, the status and what the answer says. */
const RAW: [what: string, body: string, type: string, status: number, says: RegExp][] = [
  ['no JSON', '{"name":', 'application/json', 400, /The body is not JSON: .*position|end/],
  ['text', 'hello', 'application/json', 400, /The body is not JSON/],
  ['nothing', '', 'application/json', 400, /must be an object/],
  ['null', 'null', 'application/json', 400, /is null, but must be an object/],
  ['a list', '[]', 'application/json', 400, /is \[\], but must be an object/],
  ['a string', '"x"', 'application/json', 400, /must be an object/],
  [
    '300 KiB',
    `{"name":"${'x'.repeat(300 * 1024)}"}`,
    'application/json',
    413,
    /larger than 256 KiB/
  ],
  ['nesting of 100', nested(100), 'application/json', 400, /more than 32 deep; flatten/],
  ['nesting of 100,000', nested(100_000), 'application/json', 400, /more than 32 deep/],
  [
    'a number that would become 0',
    '{"name":"n","schedule":"@daily","params":-1e-400}',
    'application/json',
    400,
    /number "-1e-400", which would be rounded; send it as a string/
  ],
  [
    'nesting of 100,000 around a long number',
    `${'['.repeat(100_000)}1234567890123456${']'.repeat(100_000)}`,
    'application/json',
    400,
    /more than 32 deep/
  ],
  ['__proto__', '{"name":"n","__proto__":{"x":1}}', 'application/json', 400, /"__proto__"/],
  [
    '__proto__ within',
    '{"name":"n","params":{"a":[{"__proto__":1}]}}',
    'application/json',
    400,
    /"__proto__"/
  ],
  [
    'plain text',
    '{"name":"n"}',
    'text/plain',
    415,
    /"text\/plain", but must be "application\/json"/
  ],
  ['a form', 'name=n', 'application/x-www-form-urlencoded', 415, /application\/json/],
  ['multipart', 'x', 'multipart/form-data; boundary=x', 415, /application\/json/]
]

test('a body that cannot be used is refused with the reason, on every route that takes one', async (t) => {
  const { request, createJob } = await createTestApp(t)
  const job = await createJob({})
  for (const call of ['POST /jobs', 'PATCH /jobs/1']) {
    for (const [what, body, type, status, says] of RAW) {
      const answer = await request(call, body, { headers: { 'content-type': type } })
      t.equal(answer.status, status, `${call}: ${what}`)
      t.match(problemOf(t, answer).detail, says, `${call}: ${what}`)
    }
  }
  const untyped = await request('POST /jobs', undefined, { payload: '{"name":"n"}' })
  t.equal(untyped.status, 415)
  const missing = await request('POST /jobs')
  t.equal(missing.status, 400)
  t.strictSame((await request('GET /jobs')).body, [job])
  t.notOk('x' in {}, 'no prototype was touched')
})

test('actions take no body, an empty one or an object, and refuse fields they do not know', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({})
  for (const call of ['POST /jobs/1/pause', 'POST /jobs/1/resume']) {
    for (const body of [undefined, '', '{}', 'null']) {
      t.equal((await request(call, body)).status, 200, `${call} ${body}`)
    }
    const typo = await request(call, call.endsWith('pause') ? { reson: 'x' } : { catchup: true })
    t.equal(typo.status, 400)
    t.match(problemOf(t, typo).detail, /Did you mean "(reason|catch_up)"\?/)
  }
  t.equal((await request('POST /jobs/1/run', [])).status, 400)
  const overlap = await request('POST /jobs/1/run', { overlap: 'alow' })
  t.match(problemOf(t, overlap).detail, /Did you mean "allow"\?/)
  const large = await request('POST /jobs/1/run', { params: 'x'.repeat(70_000) })
  t.match(problemOf(t, large).detail, /"params" has 70002 bytes/)
  t.equal((await request('POST /jobs/1/pause', { reason: '' })).status, 400)
  t.strictSame((await request('GET /runs')).body, [])
})

const BAD_IDS = [
  '0',
  '-1',
  'abc',
  '1.5',
  '1e400',
  '1e0',
  '0x1',
  'true',
  'null',
  '+1',
  '%201',
  '9007199254740993',
  '99999999999999999999'
]

test('a path whose id is no id of ours is refused, never read as another id', async (t) => {
  const { request, createJob } = await createTestApp(t)
  await createJob({})
  await request('POST /jobs/1/run')
  const calls = ['GET /jobs/', 'DELETE /jobs/', 'GET /runs/', 'POST /runs/', 'POST /jobs/']
  for (const id of BAD_IDS) {
    for (const call of calls) {
      const suffix = call === 'POST /runs/' ? '/cancel' : call === 'POST /jobs/' ? '/run' : ''
      const answer = await request(`${call}${id}${suffix}`)
      t.equal(answer.status, 400, `${call}${id}${suffix}`)
      const problem = problemOf(t, answer)
      t.match(problem.errors, [{ in: 'params', pointer: '/id' }])
      t.match(problem.detail, /"id" is .*integer|lie between 1 and 9007199254740991/)
    }
  }
  t.equal((await request('GET /jobs/1')).status, 200)
})

test('ids that nothing has are not found, by every route', async (t) => {
  const { request } = await createTestApp(t)
  for (const call of [
    'GET /jobs/7',
    'PATCH /jobs/7',
    'DELETE /jobs/7',
    'POST /jobs/7/pause',
    'POST /jobs/7/resume',
    'POST /jobs/7/run',
    'GET /jobs/7/runs',
    'GET /jobs/9007199254740991'
  ]) {
    const answer = await request(call, call.startsWith('PATCH') ? {} : undefined)
    t.equal(answer.status, 404, call)
    const problem = problemOf(t, answer)
    t.equal(problem.code, 'job_not_found', call)
    t.match(problem.detail, /There is no job \d+\./)
  }
  for (const call of ['GET /runs/7', 'POST /runs/7/cancel']) {
    const problem = problemOf(t, await request(call))
    t.match(problem, { status: 404, code: 'run_not_found', detail: 'There is no run 7.' })
  }
})

test('a path or method that there is not is a problem too', async (t) => {
  const { request } = await createTestApp(t)
  for (const call of [
    'GET /nope',
    'PUT /jobs',
    'DELETE /jobs',
    'GET /jobs/%2e%2e',
    'GET /jobs/1/x'
  ]) {
    const problem = problemOf(t, await request(call))
    t.match(problem, { status: 404, code: 'route_not_found' }, call)
    t.match(problem.detail, /^There is no (GET|PUT|DELETE) \//, call)
  }
  const undecodable = problemOf(t, await request('GET /jobs/%zz'))
  t.match(undecodable, { status: 400, code: 'bad_request', instance: '/jobs/%zz' })
  const long = problemOf(t, await request(`GET /jobs/${'1'.repeat(300)}`))
  t.match(long, { status: 414, code: 'url_too_long', detail: /too long for any id; shorten/ })
})

/** A query that is refused, and what is said. */
const QUERIES: [path: string, pointer: string, says: RegExp][] = [
  ['/jobs?limt=5', '/limt', /"limt" is not a known field\. Did you mean "limit"\?/],
  ['/jobs?limit=0', '/limit', /is 0, but must lie between 1 and 1000/],
  ['/jobs?limit=1001', '/limit', /between 1 and 1000/],
  ['/jobs?limit=ten', '/limit', /is "ten", but must be an integer from 1 to 1000/],
  ['/jobs?limit=1e2', '/limit', /is "1e2"/],
  ['/jobs?limit=', '/limit', /is "", but must be an integer/],
  ['/jobs?limit=1&limit=2', '/limit', /\["1","2"\]/],
  ['/jobs?count=maybe', '/count', /is "maybe", but must be a boolean/],
  ['/jobs?state=enabeld', '/state', /one of enabled, paused, finished\. Did you mean "enabled"\?/],
  ['/jobs?target=ftp', '/target', /one of log, http, handler/],
  ['/jobs?outcome=ok', '/outcome', /one of succeeded, failed, cancelled/],
  ['/jobs?q=', '/q', /at least 1 character/],
  ['/jobs?q=a%00b', '/q', /control character/],
  ['/jobs?cursor=abc', '/cursor', /"abc", which is not of this list; take it from the Link/],
  ['/jobs?cursor=WzEsMl0', '/cursor', /not of this list/],
  ['/jobs?__proto__=1', '/__proto__', /not a known field/],
  ['/runs?cursor=WzFd', '/cursor', /not of this list/],
  ['/runs?state=done', '/state', /one of pending/],
  ['/runs?from=yesterday', '/from', /"yesterday", but must be an RFC 3339/],
  ['/runs?to=2026-01-01', '/to', /with an offset/],
  ['/runs?jobid=1', '/jobid', /Did you mean "job_id"\?/],
  ['/runs?job_id=0', '/job_id', /"job_id" is 0/],
  ['/jobs/1/runs?stat=failed', '/stat', /Did you mean "state"\?/]
]

test('a query that is not understood is refused with its field, its value and the fix', async (t) => {
  const { request } = await createTestApp(t)
  for (const [path, pointer, says] of QUERIES) {
    const problem = problemOf(t, await request(`GET ${path}`))
    t.match(problem, { status: 400, code: 'validation_failed', instance: path }, path)
    t.match(problem.errors, [{ in: 'query', pointer, detail: says }], path)
  }
  const mode = problemOf(t, await request('DELETE /jobs/1?running=refues'))
  t.match(mode.detail, /one of cancel, finish, refuse\. Did you mean "refuse"\?/)
})

test('a failure inside is logged whole and told without a stack or SQL', async (t) => {
  const { request, app, lines } = await createTestApp(t)
  await app.db.query.schema.dropTable('carillon_jobs').execute()
  const answer = await request('GET /jobs')
  t.equal(answer.status, 500)
  const problem = problemOf(t, answer)
  t.match(problem, { code: 'internal_error', detail: /the log has the reason/ })
  const [line] = lines.filter((one) => one['reqId'] === problem.request_id && one['level'] === 50)
  t.match(line, { err: { message: /no such table/, stack: /at / } })
})
