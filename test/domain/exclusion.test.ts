import { test } from 'tap'
import { compileExclusions } from '../../src/domain/exclusion.ts'

const at = (text: string): number => Date.parse(text)

test('a stretch excludes from its start up to, not including, its end', (t) => {
  const isExcluded = compileExclusions(
    [{ from: '2026-12-24T00:00:00Z', to: '2026-12-27T00:00:00+01:00' }],
    'UTC'
  )
  t.notOk(isExcluded(at('2026-12-23T23:59:59.999Z')))
  t.ok(isExcluded(at('2026-12-24T00:00:00Z')))
  t.ok(isExcluded(at('2026-12-26T22:59:59.999Z')))
  t.notOk(isExcluded(at('2026-12-26T23:00:00Z')))
  t.end()
})

test('days are days of the zone, down to the last second', (t) => {
  const isExcluded = compileExclusions(['25 12 *'], 'America/New_York')
  t.notOk(isExcluded(at('2026-12-25T04:59:59Z')))
  t.ok(isExcluded(at('2026-12-25T05:00:00Z')))
  t.ok(isExcluded(at('2026-12-26T04:59:59.999Z')))
  t.notOk(isExcluded(at('2026-12-26T05:00:00Z')))
  t.end()
})

test('days may be weekdays, and any one rule is enough', (t) => {
  const isExcluded = compileExclusions(['* * SAT,SUN', '1 5 *'], 'UTC')
  t.ok(isExcluded(at('2026-11-21T12:00:00Z')))
  t.notOk(isExcluded(at('2026-11-23T12:00:00Z')))
  t.ok(isExcluded(at('2026-05-01T00:00:00Z')))
  t.end()
})

test('what is no exclusion is refused with its place and the fix', (t) => {
  const refused = [
    [{ from: 'x', to: '2026-01-01T00:00:00Z' }, '/exclude/0/from', /"x".*RFC 3339/],
    [{ from: '2026-01-01T00:00:00Z', to: 'y' }, '/exclude/0/to', /"y".*RFC 3339/],
    [
      { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      '/exclude/0/to',
      /not after its start/
    ],
    ['0 0 25 12 *', '/exclude/0', /three fields/],
    ['99 12 *', '/exclude/0', /99/],
    ['30 2 *', '/exclude/0', /never/]
  ] as const
  for (const [exclusion, pointer, message] of refused) {
    t.throws(() => compileExclusions([exclusion], 'UTC'), { message, faults: [{ pointer }] })
  }
  t.end()
})
