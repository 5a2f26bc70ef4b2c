import { test } from 'tap'
import { formatDuration, parseDuration } from '../../src/domain/duration.ts'

const read: [text: string, ms: number | null][] = [
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1w', 604_800_000],
  ['250ms', 250],
  ['1w2d3h4m5s6ms', 788_645_006],
  ['0s', 0],
  ['007m', 420_000],
  ['', null],
  ['5', null],
  ['m', null],
  ['1.5h', null],
  ['-5m', null],
  ['+5m', null],
  ['5 m', null],
  [' 5m', null],
  ['5M', null],
  ['5min', null],
  ['PT5M', null],
  ['30m1h', null],
  ['1h1h', null],
  ['36500d', 3_153_600_000_000],
  ['36501d', null],
  ['9'.repeat(30) + 'w', null],
  ['1h'.repeat(100_000), null]
]

for (const [text, ms] of read) {
  void test(`"${text.slice(0, 40)}" is ${ms === null ? 'no duration' : `${ms} ms`}`, (t) => {
    t.equal(parseDuration(text), ms)
    t.end()
  })
}

const written: [ms: number, text: string][] = [
  [0, '0s'],
  [1, '1ms'],
  [90_000, '1m30s'],
  [5_400_000, '1h30m'],
  [86_400_000, '24h'],
  [129_600_000, '36h'],
  [172_800_000, '2d'],
  [604_800_000, '7d'],
  [788_645_006, '9d3h4m5s6ms']
]

for (const [ms, text] of written) {
  void test(`${ms} ms is written "${text}", which reads back as the same`, (t) => {
    t.equal(formatDuration(ms), text)
    t.equal(parseDuration(text), ms)
    t.end()
  })
}
