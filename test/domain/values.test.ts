import { test } from 'tap'
import { CarillonError, messageOf } from '../../src/domain/errors.ts'
import { formatInstant, formatInstantOrNull, parseInstant } from '../../src/domain/instant.ts'
import { mergePatch } from '../../src/domain/merge-patch.ts'
import { decideOverlap, MAX_QUEUED_RUNS } from '../../src/domain/overlap.ts'
import { nextAttemptAt, type RetryPolicy, type RetryRequest } from '../../src/domain/retry.ts'
import { didYouMean, nearest } from '../../src/domain/suggest.ts'

test('instants are RFC 3339 with an offset, and exist', (t) => {
  const cases: readonly [text: string, utc: string | null][] = [
    ['2024-06-10T09:00:00Z', '2024-06-10T09:00:00.000Z'],
    ['2024-06-10t09:00:00z', '2024-06-10T09:00:00.000Z'],
    ['2024-06-10 09:00:00Z', '2024-06-10T09:00:00.000Z'],
    ['2024-06-10T09:00:00+02:00', '2024-06-10T07:00:00.000Z'],
    ['2024-06-10T09:00:00-09:30', '2024-06-10T18:30:00.000Z'],
    ['2024-06-10T09:00:00.5Z', '2024-06-10T09:00:00.500Z'],
    ['2024-06-10T09:00:00.123456789Z', '2024-06-10T09:00:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2023-02-29T00:00:00Z', null],
    ['1900-02-29T00:00:00Z', null],
    ['2024-04-31T00:00:00Z', null],
    ['2024-06-00T00:00:00Z', null],
    ['2024-00-10T00:00:00Z', null],
    ['2024-13-10T00:00:00Z', null],
    ['2024-06-10T24:00:00Z', null],
    ['2024-06-10T09:60:00Z', null],
    ['2024-06-10T09:00:61Z', null],
    ['2024-06-10T09:00:00+24:00', null],
    ['2024-06-10T09:00:00+99:99', null],
    ['2024-06-10T09:00:00', null],
    ['2024-06-10T09:00Z', null],
    ['2024-06-10', null],
    ['2024-6-10T09:00:00Z', null],
    ['2024-06-10T09:00:00+0200', null],
    ['2024-06-10T09:00:00 Z', null],
    ['2024-06-10T09:00:00Z\n', null],
    ['1718010000000', null],
    ['tomorrow', null],
    ['', null]
  ]
  for (const [text, utc] of cases) {
    t.equal(formatInstantOrNull(parseInstant(text)), utc, JSON.stringify(text))
  }
  t.equal(formatInstant(0), '1970-01-01T00:00:00.000Z')
  t.end()
})

test('a mistyped word gets the known one that is near, and no other', (t) => {
  const known = ['schedule', 'start_date', 'repeat_interval', 'tags']
  const cases: readonly [word: string, meant: string | null][] = [
    ['shedule', 'schedule'],
    ['SCHEDULE', 'schedule'],
    ['startdate', 'start_date'],
    ['repeatInterval', 'repeat_interval'],
    ['tag', 'tags'],
    ['cron', null],
    ['', null],
    ['x', null],
    ['x'.repeat(10_000), null]
  ]
  for (const [word, meant] of cases) t.equal(nearest(word, known), meant, word.slice(0, 20))
  t.equal(didYouMean('shedule', known), ' Did you mean "schedule"?')
  t.equal(didYouMean('cron', known), '')
  t.end()
})

test('a merge patch does what RFC 7396 says', (t) => {
  const cases: readonly [target: object, patch: object, merged: object][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 'text' }, { a: { b: 1 } }, { a: { b: 1 } }]
  ]
  for (const [target, patch, merged] of cases) {
    const before = structuredClone(target)
    t.strictSame(mergePatch({ ...target }, { ...patch }, new Set()), merged)
    t.strictSame(target, before)
  }
  t.end()
})

test('a merge patch leaves prototypes alone', (t) => {
  const patch = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>
  const merged = mergePatch({ a: 1 }, patch, new Set())
  t.equal(Object.getPrototypeOf(merged), Object.prototype)
  t.strictSame(Object.keys(merged), ['a', '__proto__'], 'it is a field like any other: unknown')
  t.end()
})

test('overlap: each policy says what becomes of a run that meets another', (t) => {
  const free = { active: false, queued: 0 }
  const busy = { active: true, queued: 0 }
  const last = { active: true, queued: MAX_QUEUED_RUNS - 1 }
  const full = { active: true, queued: MAX_QUEUED_RUNS }
  const waiting = { active: false, queued: 1 }
  const cases = [
    ['skip', ['start', 'skip', 'skip', 'skip', 'skip']],
    ['queue_one', ['start', 'queue_latest', 'queue_latest', 'queue_latest', 'queue_latest']],
    ['queue_all', ['start', 'queue', 'queue', 'queue_full', 'queue']],
    ['replace', ['start', 'replace', 'replace', 'replace', 'replace']],
    ['allow', ['start', 'start', 'start', 'start', 'start']]
  ] as const
  t.equal(MAX_QUEUED_RUNS, 100)
  for (const [policy, decisions] of cases) {
    t.strictSame(
      [free, busy, last, full, waiting].map((occupancy) => decideOverlap(policy, occupancy)),
      decisions,
      policy
    )
  }
  t.end()
})

const POLICY: RetryPolicy = {
  maxAttempts: 10,
  backoff: 'exponential',
  initialMs: 5_000,
  maxMs: 300_000,
  maxAgeMs: null
}
const REQUEST: RetryRequest = {
  failures: 1,
  now: 1_000_000,
  dueAt: 1_000_000,
  retryAfterMs: null,
  random: 0.999_999
}

test('retries: the delay doubles up to its maximum, with full jitter', (t) => {
  const cases: readonly [policy: object, request: object, delayMs: number | null][] = [
    [{}, {}, 4_999],
    [{}, { random: 0 }, 0],
    [{}, { random: 0.5 }, 2_500],
    [{}, { failures: 2 }, 9_999],
    [{}, { failures: 3 }, 19_999],
    [{}, { failures: 9 }, 299_999],
    [{ maxAttempts: 100 }, { failures: 99 }, 299_999],
    [{ backoff: 'fixed' }, { failures: 9 }, 4_999],
    [{ initialMs: 0 }, { failures: 5 }, 0],
    [{ maxMs: 1_000 }, {}, 999],
    [{}, { failures: 10 }, null],
    [{ maxAttempts: 1 }, {}, null],
    [{}, { retryAfterMs: 60_000, random: 0 }, 60_000],
    [{}, { retryAfterMs: 0 }, 0],
    [{}, { retryAfterMs: 900_000 }, 300_000],
    [{}, { failures: 10, retryAfterMs: 1 }, null],
    [{ maxAgeMs: 4_999 }, {}, 4_999],
    [{ maxAgeMs: 4_998 }, {}, null],
    [{ maxAgeMs: 60_000 }, { dueAt: 940_000, random: 0 }, 0],
    [{ maxAgeMs: 60_000 }, { dueAt: 939_999, random: 0 }, null],
    [{ maxAgeMs: 30_000 }, { retryAfterMs: 60_000 }, null]
  ]
  for (const [policy, request, delayMs] of cases) {
    const at = nextAttemptAt({ ...POLICY, ...policy }, { ...REQUEST, ...request })
    const label = JSON.stringify([policy, request])
    t.equal(at, delayMs === null ? null : REQUEST.now + delayMs, label)
  }
  t.end()
})

test('whatever is thrown, there is a message', (t) => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const noText = {
    toString: () => {
      throw new Error('no')
    },
    toJSON: () => {
      throw new Error('no')
    }
  }
  const thrown = [
    new CarillonError('store_full', 'Full.'),
    'text',
    7,
    7n,
    null,
    undefined,
    {},
    circular,
    () => 1,
    Symbol('s'),
    Object.assign(new Error('x'), { message: undefined }),
    noText
  ]
  for (const value of thrown) t.type(messageOf(value), 'string')
  t.equal(messageOf(thrown[0]), 'Full.')
  t.end()
})
