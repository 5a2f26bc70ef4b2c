import { test } from 'tap'
import {
  checkJobInput,
  firstOccurrence,
  isRescheduled,
  patchJob
} from '../../src/domain/define-job.ts'
import { CarillonError } from '../../src/domain/errors.ts'
import { parseHttpTarget } from '../../src/domain/http-target.ts'
import { SERVER_FIELDS, type JobInput } from '../../src/domain/job.ts'

const NOW = Date.parse('2026-03-04T12:00:00Z')

/** What creating a job does with its input. */
function define(value: unknown): { input: JobInput; firstAt: number } {
  const input = checkJobInput(value)
  return { input, firstAt: firstOccurrence(input, { now: NOW, createdAt: NOW, seed: '1' }) }
}

function refusalOf(value: unknown): CarillonError {
  try {
    define(value)
  } catch (error) {
    if (error instanceof CarillonError) return error
    throw error
  }
  throw new Error('It was accepted.')
}

const every = { name: 'a', repeat_interval: '1h' }
const http = (target: object) => ({
  ...every,
  target: { type: 'http', url: 'https://a.example', ...target }
})
const many = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`)
const circular: Record<string, unknown> = {}
circular['self'] = circular

/** What is refused; the field it points to; what the sentence names: the value, and the fix. */
const REFUSED: readonly [what: string, value: unknown, pointer: string, says: RegExp[]][] = [
  ['no object', 'a job', '', [/"a job"/, /an object/]],
  ['null', null, '', [/null/, /an object/]],
  ['a list', [every], '', [/an object/]],
  ['no name', { repeat_interval: '1h' }, '/name', [/"name" is missing/, /required/]],
  ['an empty name', { ...every, name: '' }, '/name', [/""/, /at least 1/]],
  ['a name of 201 characters', { ...every, name: 'n'.repeat(201) }, '/name', [/200/, /shorten/]],
  ['a name that is a number', { ...every, name: 7 }, '/name', [/7/, /a string/]],
  ['a name of null', { ...every, name: null }, '/name', [/null/, /a string/]],
  [
    'an unknown field',
    { name: 'a', repeat_intervall: '1h' },
    '/repeat_intervall',
    [/not a known field/, /Did you mean "repeat_interval"\?/]
  ],
  [
    'an unknown field like none',
    { ...every, zzzzzz: 1 },
    '/zzzzzz',
    [/^"zzzzzz" is not a known field\.$/]
  ],
  ['camelCase', { ...every, misfireWindow: '1m' }, '/misfireWindow', [/"misfire_window"/]],
  [
    'an unknown field of retry',
    { ...every, retry: { max_attempt: 2 } },
    '/retry/max_attempt',
    [/Did you mean "max_attempts"\?/]
  ],
  ['an unknown field of a target', http({ urll: 'x' }), '/target/urll', [/Did you mean "url"\?/]],
  [
    'a field that only another target has',
    { ...every, target: { type: 'log', url: 'x' } },
    '/target/url',
    [/not a known field/]
  ],
  [
    'a target of no known type',
    { ...every, target: { type: 'htp' } },
    '/target',
    [/htp/, /"http"/]
  ],
  ['a target without a type', { ...every, target: {} }, '/target', [/"log"/, /"handler"/]],
  ['a target that is a word', { ...every, target: 'log' }, '/target', [/"log"/]],
  [
    'a handler without a name',
    { ...every, target: { type: 'handler' } },
    '/target/name',
    [/missing/]
  ],
  [
    'none of the three',
    { name: 'a' },
    '/schedule',
    [/"repeat_interval"/, /"start_date"/, /give one/]
  ],
  [
    'none of the three but nulls',
    { name: 'a', schedule: null, start_date: null, repeat_interval: null },
    '/schedule',
    [/give one/]
  ],
  [
    'a schedule together with an interval',
    { ...every, schedule: '0 9 * * 1' },
    '/repeat_interval',
    [/"schedule" and "repeat_interval"/, /remove one/]
  ],
  [
    'a one-shot in the past',
    { name: 'a', start_date: '2026-03-04T11:59:59Z' },
    '/start_date',
    [/2026-03-04T11:59:59Z/, /in the past/, /later one/]
  ],
  [
    'a one-shot at this very instant',
    { name: 'a', start_date: '2026-03-04T12:00:00Z' },
    '/start_date',
    [/in the past/]
  ],
  [
    'a date that no month has',
    { name: 'a', start_date: '2026-02-30T00:00:00Z' },
    '/start_date',
    [/2026-02-30/, /RFC 3339/]
  ],
  [
    'a date without an offset',
    { ...every, start_date: '2026-05-01T09:00:00' },
    '/start_date',
    [/offset/, /"2026-01-31T09:00:00Z"/]
  ],
  ['a date that is a number', { ...every, start_date: 1 }, '/start_date', [/1/, /a string/]],
  [
    'a schedule that never occurs',
    { name: 'a', schedule: '0 0 30 2 *' },
    '/schedule',
    [/0 0 30 2 \*/]
  ],
  ['a schedule that is none', { name: 'a', schedule: 'hourly' }, '/schedule', [/hourly/]],
  ['an empty schedule', { name: 'a', schedule: '' }, '/schedule', [/""/]],
  [
    'an endless schedule',
    { name: 'a', schedule: `${'0,'.repeat(140)}0 * * * *` },
    '/schedule',
    [/schedule/]
  ],
  [
    'an interval under a second',
    { ...every, repeat_interval: '999ms' },
    '/repeat_interval',
    [/"999ms"/, /"1s"/]
  ],
  [
    'an interval of nothing',
    { ...every, repeat_interval: '0s' },
    '/repeat_interval',
    [/"0s"/, /"1s"/]
  ],
  [
    'an interval that is a number',
    { ...every, repeat_interval: 60 },
    '/repeat_interval',
    [/60/, /a string/]
  ],
  ...['1 hour', '-1h', '1.5h', '', '1h1h', '30m1h', 'PT1H', '2y'].map(
    (text): (typeof REFUSED)[number] => [
      `an interval of "${text}"`,
      { ...every, repeat_interval: text },
      '/repeat_interval',
      [/"repeat_interval" is/, /"1h30m"/]
    ]
  ),
  ['a bad timeout', { ...every, timeout: 'soon' }, '/timeout', [/"soon"/, /"90s"/]],
  ['a timeout of nothing', { ...every, timeout: '0s' }, '/timeout', [/"0s"/, /at least "1ms"/]],
  [
    'a bad misfire window',
    { ...every, misfire_window: 'x' },
    '/misfire_window',
    [/"x"/, /duration/]
  ],
  [
    'a short misfire window',
    { ...every, misfire_window: '5ms' },
    '/misfire_window',
    [/"5ms"/, /"1s"/]
  ],
  [
    'a misfire limit of 0',
    { ...every, misfire_limit: 0 },
    '/misfire_limit',
    [/ 0,/, /between 1 and 1000/]
  ],
  [
    'a misfire limit of 1001',
    { ...every, misfire_limit: 1001 },
    '/misfire_limit',
    [/1001/, /between/]
  ],
  [
    'a misfire limit of a half',
    { ...every, misfire_limit: 0.5 },
    '/misfire_limit',
    [/0\.5/, /integer/]
  ],
  [
    'an unknown misfire policy',
    { ...every, misfire: 'lates' },
    '/misfire',
    [/"lates"/, /Did you mean "latest"\?/]
  ],
  [
    'an unknown overlap policy',
    { ...every, overlap: 'queue' },
    '/overlap',
    [/"queue"/, /one of skip, queue_one/]
  ],
  [
    'no attempts at all',
    { ...every, retry: { max_attempts: 0 } },
    '/retry/max_attempts',
    [/ 0,/, /between 1 and 100/]
  ],
  [
    '101 attempts',
    { ...every, retry: { max_attempts: 101 } },
    '/retry/max_attempts',
    [/101/, /between 1 and 100/]
  ],
  [
    'an unknown backoff',
    { ...every, retry: { backoff: 'linear' } },
    '/retry/backoff',
    [/"linear"/, /fixed/]
  ],
  ...['initial', 'max', 'max_age'].map((field): (typeof REFUSED)[number] => [
    `a bad duration in retry.${field}`,
    { ...every, retry: { [field]: 'later' } },
    `/retry/${field}`,
    [new RegExp(`"retry.${field}"`), /"later"/, /duration/]
  ]),
  [
    'an unknown zone',
    { ...every, timezone: 'Europe/Pariss' },
    '/timezone',
    [/"Europe\/Pariss"/, /IANA/]
  ],
  ['a zone of null', { ...every, timezone: null }, '/timezone', [/null/, /a string/]],
  [
    'params over 64 KiB',
    { ...every, params: 'x'.repeat(65_535) },
    '/params',
    [/65537 bytes/, /65536/, /reference/]
  ],
  ['params that are a function', { ...every, params: () => 1 }, '/params', [/JSON/]],
  ['params that hold a BigInt', { ...every, params: { n: 1n } }, '/params', [/JSON/]],
  ['params that hold themselves', { ...every, params: circular }, '/params', [/JSON/]],
  ['21 tags', { ...every, tags: many(21) }, '/tags', [/more than 20/, /leave some out/]],
  ['a tag twice', { ...every, tags: ['a', 'a'] }, '/tags', [/\["a","a"\]/, /only once/]],
  ['an empty tag', { ...every, tags: [''] }, '/tags/0', [/""/, /at least 1/]],
  ['tags that are a word', { ...every, tags: 'a' }, '/tags', [/"a"/, /an array/]],
  ['no URL', { ...every, target: { type: 'http' } }, '/target/url', [/missing/]],
  ['half a URL', http({ url: '/hook' }), '/target/url', [/"\/hook"/, /https:\/\//]],
  [
    'a URL of another scheme',
    http({ url: 'file:///etc/passwd' }),
    '/target/url',
    [/file:/, /http: or https:/]
  ],
  [
    'a URL with a user',
    http({ url: 'https://me@a.example' }),
    '/target/url',
    [/user name/, /Authorization/]
  ],
  [
    'a URL with a password',
    http({ url: 'https://:pw@a.example' }),
    '/target/url',
    [/password/, /Authorization/]
  ],
  [
    'a URL of 2049 characters',
    http({ url: `https://a/${'x'.repeat(2039)}` }),
    '/target/url',
    [/2048/, /shorten/]
  ],
  ['an unknown method', http({ method: 'post' }), '/target/method', [/"post"/, /POST/]],
  [
    'CR LF in a header',
    http({ headers: { 'x-a': 'b\r\nx-c: d' } }),
    '/target/headers/x-a',
    [/line break/, /remove/]
  ],
  ['NUL in a header', http({ headers: { 'x-a': 'b\0' } }), '/target/headers/x-a', [/remove/]],
  ['a header beyond Latin-1', http({ headers: { 'x-a': '→' } }), '/target/headers/x-a', [/remove/]],
  [
    'a header that is a number',
    http({ headers: { 'x-a': 1 } }),
    '/target/headers/x-a',
    [/not shown/, /a string/]
  ],
  [
    'a header name with CR LF',
    http({ headers: { 'x\r\ny': 'b' } }),
    '/target/headers/x\r\ny',
    [/not a header name/]
  ],
  [
    'an empty header name',
    http({ headers: { '': 'b' } }),
    '/target/headers/',
    [/not a header name/]
  ],
  [
    'a header name with a slash',
    http({ headers: { 'a/b': 'c' } }),
    '/target/headers/a~1b',
    [/"a\/b"/]
  ],
  ...[
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'TE',
    'Upgrade',
    'Expect',
    'traceparent',
    'Idempotency-Key',
    'Carillon-Job-Id',
    'webhook-signature',
    'Proxy-Authorization'
  ].map((name): (typeof REFUSED)[number] => [
    `the header ${name}`,
    http({ headers: { [name]: 'x' } }),
    `/target/headers/${name}`,
    [new RegExp(name), /set by the scheduler/, /leave it out/]
  ]),
  [
    '51 headers',
    http({ headers: Object.fromEntries(many(51).map((n) => [n, 'x'])) }),
    '/target/headers',
    [/51/, /50/]
  ],
  [
    'headers of 24 kB',
    http({ headers: { a: 'x'.repeat(8192), b: 'x'.repeat(8192), c: 'x'.repeat(8000) } }),
    '/target/headers',
    [/bytes/, /16384/]
  ],
  ['a body with GET', http({ method: 'GET', body: 'x' }), '/target/body', [/GET/, /POST/]],
  ['a body with HEAD', http({ method: 'HEAD', body: null }), '/target/body', [/HEAD/]],
  ...['2x', '2xx,', '99-200', '600', '204-200', 'ok', '200 201', '2xx;304'].map(
    (success): (typeof REFUSED)[number] => [
      `"${success}" as success`,
      http({ success }),
      '/target/success',
      [/target\.success/, /"2xx,304"/, /"200-204"/].slice(success.length < 3 ? 3 : 0)
    ]
  )
]

test('what cannot work is refused with the field, the value and the fix', (t) => {
  for (const [what, value, pointer, says] of REFUSED) {
    const { code, message, faults } = refusalOf(value)
    const [fault] = faults
    t.strictSame(
      { code, in: fault?.in, pointer: fault?.pointer, detail: fault?.detail },
      { code: 'validation_failed', in: 'body', pointer, detail: message },
      what
    )
    const unsaid = says.filter((part) => !part.test(message))
    t.strictSame(unsaid, [], `${what}: ${message}`)
    // A huge value is not repeated whole.
    if (message.length > 400) t.fail(`${what} is told in ${message.length} characters`)
  }
  t.end()
})

test('every field of the server is refused by name', (t) => {
  t.ok(SERVER_FIELDS.includes('next_run_at') && SERVER_FIELDS.includes('version'))
  for (const field of SERVER_FIELDS) {
    const refusal = refusalOf({ ...every, [field]: null })
    t.equal(refusal.faults[0]?.pointer, `/${field}`)
    t.match(refusal.message, /set by the server; leave it out/)
  }
  t.match(refusalOf({ ...every, paused: true }).message, /POST \/jobs\/:id\/pause/)
  t.match(refusalOf({ ...every, state: 'paused' }).message, /resume/)
  t.end()
})

test('all faults are told at once, at most twenty', (t) => {
  const refusal = refusalOf({ name: '', tags: 'x', overlap: 'never', zone: 'UTC' })
  t.strictSame(refusal.faults.map((fault) => fault.pointer).toSorted(), [
    '/name',
    '/overlap',
    '/tags',
    '/zone'
  ])
  const flood = Object.fromEntries(many(500).map((field) => [field, 1]))
  t.equal(refusalOf({ ...every, ...flood }).faults.length, 20)
  const server = refusalOf({ ...every, id: 1, version: 2 })
  t.strictSame(
    server.faults.map((fault) => fault.pointer),
    ['/id', '/version']
  )
  t.end()
})

/** What is accepted, and its first occurrence after {@link NOW}. */
const ACCEPTED: readonly [what: string, value: unknown, firstAt: string][] = [
  [
    'the first example of the contract',
    { name: 'Send Email', schedule: '0 9 * * 1', params: '{"email":"user@example.com"}' },
    '2026-03-09T09:00:00Z'
  ],
  [
    'the second example, whose start is long past: no burst',
    {
      name: 'Data Backup',
      start_date: '2024-06-10T09:00:00Z',
      repeat_interval: '24h',
      params: '{"path":"/backup"}'
    },
    '2026-03-05T09:00:00Z'
  ],
  ['an interval on the grid of its creation', every, '2026-03-04T13:00:00Z'],
  ['an interval of a second', { ...every, repeat_interval: '1s' }, '2026-03-04T12:00:01Z'],
  [
    'an interval that starts now',
    { ...every, start_date: '2026-03-04T12:00:00Z' },
    '2026-03-04T13:00:00Z'
  ],
  [
    'an interval that starts later',
    { ...every, start_date: '2026-03-05T00:30:00+01:00' },
    '2026-03-04T23:30:00Z'
  ],
  ['a one-shot', { name: 'a', start_date: '2026-03-04T12:00:00.001Z' }, '2026-03-04T12:00:00.001Z'],
  [
    'cron from a date on',
    { name: 'a', schedule: '0 9 * * *', start_date: '2027-01-01T09:00:00Z' },
    '2027-01-01T09:00:00Z'
  ],
  [
    'cron with a start in the past',
    { name: 'a', schedule: '0 9 * * *', start_date: '2020-01-01T00:00:00Z' },
    '2026-03-05T09:00:00Z'
  ],
  [
    'cron in a zone',
    { name: 'a', schedule: '0 9 * * *', timezone: 'America/New_York' },
    '2026-03-04T14:00:00Z'
  ],
  [
    'nulls for what is left out',
    { ...every, schedule: null, start_date: null, misfire_window: null, retry: { max_age: null } },
    '2026-03-04T13:00:00Z'
  ],
  ['params of 64 KiB', { ...every, params: 'x'.repeat(65_534) }, '2026-03-04T13:00:00Z'],
  ['20 tags', { ...every, tags: many(20) }, '2026-03-04T13:00:00Z'],
  ['a name of 200 characters', { ...every, name: 'n'.repeat(200) }, '2026-03-04T13:00:00Z'],
  [
    'retries without a pause',
    { ...every, retry: { initial: '0s', max: '0s' } },
    '2026-03-04T13:00:00Z'
  ],
  [
    'a tab and Latin-1 in a header',
    http({ headers: { 'X-A': 'caf\u00e9\tb' } }),
    '2026-03-04T13:00:00Z'
  ],
  [
    'an Authorization header',
    http({ headers: { Authorization: 'Bearer x' } }),
    '2026-03-04T13:00:00Z'
  ],
  ['a handler', { ...every, target: { type: 'handler', name: 'send' } }, '2026-03-04T13:00:00Z']
]

test('what can work is accepted, with its first occurrence strictly after now', (t) => {
  for (const [what, value, firstAt] of ACCEPTED) {
    t.equal(define(value).firstAt, Date.parse(firstAt), what)
  }
  t.end()
})

test('params come back exactly as they were sent, and apart from what the caller holds', (t) => {
  for (const params of ['{"a":1}', '', 0, false, null, [], {}, { deep: [{ a: null }] }]) {
    t.strictSame(define({ ...every, params }).input.params, params)
  }
  const params = { list: [1] }
  const { input } = define({ ...every, params })
  params.list.push(2)
  t.strictSame(input.params, { list: [1] })
  t.end()
})

test('a zone is stored under its canonical name', (t) => {
  const { input } = define({ ...every, timezone: 'europe/paris' })
  t.equal(input.timezone, 'Europe/Paris')
  t.end()
})

test('only the four timing fields reschedule a job', (t) => {
  const before = { name: 'a', schedule: '0 9 * * *' }
  const cases: readonly [change: object, rescheduled: boolean][] = [
    [{}, false],
    [{ name: 'b', params: 1, tags: ['x'], overlap: 'allow', misfire: 'all', timeout: '1s' }, false],
    [{ start_date: null }, false],
    [{ schedule: '0 10 * * *' }, true],
    [{ timezone: 'Europe/Paris' }, true],
    [{ start_date: '2027-01-01T00:00:00Z' }, true],
    [{ schedule: null, repeat_interval: '1h' }, true]
  ]
  for (const [change, rescheduled] of cases) {
    t.equal(isRescheduled(before, { ...before, ...change }), rescheduled, JSON.stringify(change))
  }
  t.end()
})

test('a patch merges objects, removes by null, and replaces params and body whole', (t) => {
  const before: JobInput = {
    ...every,
    params: { a: 1, b: 2 },
    retry: { max_attempts: 5, initial: '1s' },
    target: { type: 'http', url: 'https://a.example', body: { a: 1 }, headers: { x: '1', y: '2' } }
  }
  t.strictSame(patchJob(before, { params: { c: 3 } })['params'], { c: 3 })
  t.strictSame(patchJob(before, { params: null })['params'], null)
  t.strictSame(patchJob(before, { retry: { max_attempts: 2 } })['retry'], {
    max_attempts: 2,
    initial: '1s'
  })
  const target = { headers: { x: null, z: '3' }, body: { b: 2 } }
  t.strictSame(patchJob(before, { target } as unknown as JobInput)['target'], {
    type: 'http',
    url: 'https://a.example',
    body: { b: 2 },
    headers: { y: '2', z: '3' }
  })
  t.equal('repeat_interval' in patchJob(before, { repeat_interval: null }), false)
  t.strictSame(before.params, { a: 1, b: 2 }, 'what is patched stays as it was')
  t.end()
})

test('success rules are classes, codes and ranges', (t) => {
  const cases: readonly [rule: string | undefined, yes: number[], no: number[]][] = [
    [undefined, [200, 204, 299], [199, 300, 304, 404]],
    ['2xx', [200, 299], [300]],
    ['2xx,304', [200, 304], [303, 305]],
    ['200-204', [200, 202, 204], [199, 205]],
    [' 2xx , 404 ', [200, 404], [403]],
    ['100-599', [100, 599], [600]],
    ['410', [410], [200]]
  ]
  for (const [success, yes, no] of cases) {
    const target = { type: 'http', url: 'http://a.example', ...(success && { success }) } as const
    const { isSuccess } = parseHttpTarget(target)
    for (const status of yes) t.equal(isSuccess(status), true, `${success}: ${status}`)
    for (const status of no) t.equal(isSuccess(status), false, `${success}: ${status}`)
  }
  t.end()
})
