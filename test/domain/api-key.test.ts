import { test } from 'tap'
import { hasScope, SCOPES } from '../../src/domain/api-key.ts'
import { formatApiKey, keyIn, parseApiKey } from '../../src/domain/api-key-text.ts'
import { checkNewApiKey } from '../../src/domain/check-api-key.ts'
import type { CarillonError } from '../../src/domain/errors.ts'

const SECRET = 'aB3_-'.repeat(8) + 'xyz'
const NOW = Date.parse('2026-01-01T00:00:00Z')

test('a key is read as it was written', (t) => {
  for (const id of [1, 7, 4_711, Number.MAX_SAFE_INTEGER]) {
    t.strictSame(parseApiKey(formatApiKey({ id, secret: SECRET })), { id, secret: SECRET })
  }
  t.end()
})

const NO_KEYS: readonly string[] = [
  '',
  SECRET,
  `car_${SECRET}`,
  `car__${SECRET}`,
  `car_0_${SECRET}`,
  `car_-1_${SECRET}`,
  `car_01_${SECRET}`,
  `car_1.5_${SECRET}`,
  `car_1e3_${SECRET}`,
  `car_9007199254740992_${SECRET}`,
  `car_99999999999999999999_${SECRET}`,
  `car_one_${SECRET}`,
  `CAR_1_${SECRET}`,
  `car_1_${SECRET}x`,
  `car_1_${SECRET.slice(1)}`,
  `car_1_${SECRET.slice(1)}=`,
  `car_1_${SECRET.slice(1)}é`,
  ` car_1_${SECRET}`,
  `car_1_${SECRET}\n`,
  `car_1_${SECRET}\0`,
  `car_1_${SECRET}, car_1_${SECRET}`
]

test('nothing else is a key', (t) => {
  for (const text of NO_KEYS) t.equal(parseApiKey(text), null, JSON.stringify(text))
  t.end()
})

test('a key is the Bearer token or the password of Basic authentication', (t) => {
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
  const cases: readonly [string | undefined, string][] = [
    ['Bearer k', 'k'],
    ['bearer  k ', 'k'],
    [basic('me:k'), 'k'],
    [basic(':k'), 'k'],
    [basic('me:k:l'), 'k:l'],
    [basic('k:'), ''],
    [basic('k'), ''],
    ['Token k', ''],
    ['k', ''],
    ['Bearer', ''],
    ['', ''],
    [undefined, '']
  ]
  for (const [header, key] of cases) t.equal(keyIn(header), key, String(header))
  t.end()
})

test('no scope includes another one, but "admin" all of them', (t) => {
  for (const held of SCOPES) {
    for (const needed of SCOPES) {
      t.equal(hasScope([held], needed), held === needed || held === 'admin', `${held} ${needed}`)
    }
  }
  t.equal(hasScope(['read', 'run'], 'run'), true)
  t.equal(hasScope([], 'read'), false)
  t.end()
})

const WANTED = { name: 'ci', scopes: ['read'] }

test('a key expires when it is said, or never', (t) => {
  const expiryOf = (more: object) => checkNewApiKey({ ...WANTED, ...more }, NOW).expiresAt
  t.equal(expiryOf({}), null)
  t.equal(expiryOf({ expires_at: null }), null)
  t.equal(expiryOf({ expires_at: '2026-01-01T01:01:00+01:00' }), NOW + 60_000)
  t.equal(expiryOf({ expires_in: '90d' }), NOW + 90 * 86_400_000)
  t.equal(expiryOf({ expires_at: null, expires_in: '1s' }), NOW + 1_000)
  t.end()
})

const REFUSED: readonly [what: object, pointer: string, detail: RegExp][] = [
  [{ name: undefined }, '/name', /"name" is missing/],
  [{ name: '' }, '/name', /at least 1 characters/],
  [{ name: 'x'.repeat(201) }, '/name', /longer than 200/],
  [{ name: 'a\nb' }, '/name', /control character/],
  [{ scopes: undefined }, '/scopes', /"scopes" is missing/],
  [{ scopes: [] }, '/scopes', /"scopes" has too few items; give at least 1\./],
  [{ scopes: 'read' }, '/scopes', /must be an array/],
  [{ scopes: ['red'] }, '/scopes/0', /one of read, write, run, admin\. Did you mean "read"\?/],
  [{ scopes: ['read', 'read'] }, '/scopes', /every item may be there only once/],
  [{ expires_at: 'tomorrow' }, '/expires_at', /must be an RFC 3339 date-time/],
  [{ expires_at: '2026-01-01T00:00:00Z' }, '/expires_at', /which is over; name a later instant/],
  [{ expires_in: '0s' }, '/expires_in', /must be a duration such as "12h" or "90d"/],
  [{ expires_in: 'soon' }, '/expires_in', /must be a duration/],
  [{ expires_in: '1d', expires_at: '2027-01-01T00:00:00Z' }, '/expires_in', /both given/],
  [{ key: 'mine' }, '/key', /"key" is not a known field/],
  [{ expire_in: '90d' }, '/expire_in', /Did you mean "expires_in"\?/]
]

test('what is wrong with a wanted key is told by field', (t) => {
  for (const [more, pointer, detail] of REFUSED) {
    try {
      checkNewApiKey(JSON.parse(JSON.stringify({ ...WANTED, ...more })), NOW)
      t.fail(JSON.stringify(more))
    } catch (error) {
      t.match(
        (error as CarillonError).faults,
        [{ in: 'body', pointer, detail }],
        JSON.stringify(more)
      )
    }
  }
  t.end()
})
