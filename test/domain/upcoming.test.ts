import { test } from 'tap'
import { compileCron } from '../../src/domain/cron/cron.ts'
import { compileExclusions, nothingExcluded } from '../../src/domain/exclusion.ts'
import { createInterval, createOneShot } from '../../src/domain/interval.ts'
import { startDelayMs } from '../../src/domain/jitter.ts'
import { formatLocal, momentInWords } from '../../src/domain/local-time.ts'
import { listUpcoming, type UpcomingRule } from '../../src/domain/upcoming.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const HOUR = 3_600_000

const hourly: UpcomingRule = {
  schedule: createInterval(NOW, HOUR),
  timezone: 'UTC',
  isExcluded: nothingExcluded,
  jitterMs: 0,
  jobId: 1,
  runsLeft: null,
  skips: 0
}

/** Hour, and what becomes of it. */
function fates(rule: Partial<UpcomingRule>, count = 5): string[] {
  return listUpcoming({ ...hourly, ...rule }, { after: NOW, count }).map(
    ({ at, skipped }) => `${at.slice(11, 13)} ${skipped ?? 'runs'}`
  )
}

void test('occurrences come strictly after the instant, as many as asked for', (t) => {
  t.same(fates({}, 2), ['01 runs', '02 runs'])
  t.same(fates({ schedule: createOneShot(NOW + HOUR) }), ['01 runs'])
  t.same(fates({ schedule: createOneShot(NOW) }), [])
  t.end()
})

void test('requested skips fall on the first occurrences that would run', (t) => {
  const isExcluded = compileExclusions(
    [{ from: '2026-01-01T02:00:00Z', to: '2026-01-01T03:00:00Z' }],
    'UTC'
  )
  const expected = ['01 skip_next', '02 excluded', '03 skip_next', '04 runs', '05 runs']
  t.same(fates({ isExcluded, skips: 2 }), expected)
  const [first] = listUpcoming({ ...hourly, skips: 1 }, { after: NOW, count: 1 })
  t.equal(first?.note, 'skipped by request')
  t.end()
})

void test('only what runs uses up the runs that are left', (t) => {
  t.same(fates({ runsLeft: 2, skips: 2 }), ['01 skip_next', '02 skip_next', '03 runs', '04 runs'])
  t.same(fates({ runsLeft: 0 }), [])
  t.same(fates({ runsLeft: -1 }), [])
  t.end()
})

void test('where everything is excluded the work is still bounded', (t) => {
  const isExcluded = () => true
  t.equal(fates({ isExcluded, runsLeft: 1, skips: 1 }, 100).length, 100)
  t.end()
})

void test('the delay of a jitter is the one that the job will have', (t) => {
  const rule = { ...hourly, jobId: 7, jitterMs: 10 * 60_000 }
  for (const entry of listUpcoming(rule, { after: NOW, count: 20 })) {
    const occurrence = Date.parse(entry.at)
    const delayMs = startDelayMs({ jobId: 7, occurrence, jitterMs: 600_000, periodMs: HOUR })
    t.equal(entry.starts_at, new Date(occurrence + delayMs).toISOString())
    t.match(entry.note, /^starts (?:\d+m)?(?:\d+s)? later \(jitter\)$/)
  }
  t.end()
})

void test('what does not run has no delay', (t) => {
  const [entry] = listUpcoming({ ...hourly, jitterMs: HOUR, skips: 1 }, { after: NOW, count: 1 })
  t.notOk(entry?.starts_at)
  t.notMatch(entry?.note, /jitter/)
  t.end()
})

void test('several notes are told together', (t) => {
  const timezone = 'Europe/Berlin'
  const schedule = compileCron('30 2 * * *', { timezone })
  const after = Date.parse('2026-03-28T12:00:00Z')
  const [entry] = listUpcoming(
    { ...hourly, schedule, timezone, jobId: null, jitterMs: HOUR },
    { after, count: 1 }
  )
  const expected =
    'starts up to 1h later (jitter). The clock is set forward here, from 02:00 to 03:00.'
  t.equal(entry?.note, expected)
  t.end()
})

const moments: [promise: string, at: string, zone: string, local: string, words: string][] = [
  [
    'summer time',
    '2026-06-01T07:00:00Z',
    'Europe/Berlin',
    '2026-06-01T09:00:00+02:00',
    'Monday 1 June 2026 at 09:00'
  ],
  [
    'winter time',
    '2026-01-01T08:00:30Z',
    'Europe/Berlin',
    '2026-01-01T09:00:30+01:00',
    'Thursday 1 January 2026 at 09:00:30'
  ],
  [
    'an offset of three quarters of an hour, and milliseconds',
    '2026-01-01T00:00:00.500Z',
    'Asia/Kathmandu',
    '2026-01-01T05:45:00.500+05:45',
    'Thursday 1 January 2026 at 05:45:00.500'
  ],
  [
    'an offset west of UTC, on the day before',
    '2026-01-01T00:00:00Z',
    'America/St_Johns',
    '2025-12-31T20:30:00-03:30',
    'Wednesday 31 December 2025 at 20:30'
  ],
  [
    'UTC',
    '2026-01-01T00:00:00Z',
    'UTC',
    '2026-01-01T00:00:00+00:00',
    'Thursday 1 January 2026 at 00:00'
  ]
]

for (const [promise, at, zone, local, words] of moments) {
  void test(`an instant on the clock of a zone: ${promise}`, (t) => {
    t.equal(formatLocal(Date.parse(at), zone), local)
    t.equal(Date.parse(local), Date.parse(at), 'it is the same instant')
    t.equal(momentInWords(Date.parse(at), zone), words)
    t.end()
  })
}
