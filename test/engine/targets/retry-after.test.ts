import { test } from 'tap'
import { parseRetryAfter } from '../../../src/engine/targets/retry-after.ts'

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0)

const CASES: [field: string, ms: number | null][] = [
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['86400000', 86_400_000_000],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ['', null],
  ['-5', null],
  ['1.5', null],
  ['1e3', null],
  ['0x10', null],
  ['soon', null],
  ['5 apples', null],
  ['120, 60', null],
  ['Sun, 06 Nov 1994 08:49:37 PST', null],
  ['Sun, 99 Nov 1994 99:49:37 GMT', null],
  ['1994-11-06T08:49:37Z', null]
]

test('Retry-After is read as seconds or as any HTTP date, and anything else is ignored', async (t) => {
  for (const [field, ms] of CASES) t.equal(parseRetryAfter(field, NOW), ms, field.slice(0, 40))
})
