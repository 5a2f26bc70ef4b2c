import { execFileSync } from 'node:child_process'
import { test } from 'tap'
import { type CronOptions, compileCron } from '../../../src/domain/cron/cron.ts'
import { allBackwards, allBetween } from '../../helpers/occurrences.ts'

interface Case {
  promise: string
  cron: string
  zone: string
  dst?: CronOptions['dst']
  /** Everything in (from, to] is expected, and nothing else. */
  from: string
  to: string
  expected: string[]
}

// New York: 2026-03-08 02:00 EST → 03:00 EDT (07:00Z), 2026-11-01 02:00 EDT → 01:00 EST (06:00Z).
const SPRING = {
  zone: 'America/New_York',
  from: '2026-03-08T04:59:59Z',
  to: '2026-03-09T04:00:00Z'
}
const AUTUMN = {
  zone: 'America/New_York',
  from: '2026-11-01T03:59:59Z',
  to: '2026-11-02T04:00:00Z'
}

const cases: Case[] = [
  {
    promise: 'a daily job in a gap runs once, at the gap’s end',
    cron: '30 2 * * *',
    ...SPRING,
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'several fixed times in one gap give one occurrence at its end',
    cron: '0,15,30 2 * * *',
    ...SPRING,
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'a fixed time in the gap and one exactly at its end are one occurrence',
    cron: '0 2,3 * * *',
    ...SPRING,
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'the first time of a gap is in it, its end is not',
    cron: '0 2 * * *',
    ...SPRING,
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'a fixed time just before the gap is left alone',
    cron: '59 1 * * *',
    ...SPRING,
    expected: ['2026-03-08T06:59:00Z']
  },
  {
    promise: 'a fixed time with every second runs once for its gap',
    cron: '* 30 2 * * *',
    ...SPRING,
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'gap: skip drops the occurrence',
    cron: '30 2 * * *',
    dst: { gap: 'skip', overlap: 'first' },
    ...SPRING,
    expected: []
  },
  {
    promise: 'a macro such as @daily is a fixed time',
    cron: '@daily',
    zone: 'America/Havana',
    from: '2026-03-08T00:00:00Z',
    to: '2026-03-08T12:00:00Z',
    expected: ['2026-03-08T05:00:00Z']
  },
  {
    promise: 'an hourly job runs in every real hour around a gap, and no more',
    cron: '30 * * * *',
    zone: 'America/New_York',
    from: '2026-03-08T05:00:00Z',
    to: '2026-03-08T09:00:00Z',
    expected: [
      '2026-03-08T05:30:00Z',
      '2026-03-08T06:30:00Z',
      '2026-03-08T07:30:00Z',
      '2026-03-08T08:30:00Z'
    ]
  },
  {
    promise: 'a step in the minute makes a job interval-like: nothing extra for a gap',
    cron: '*/30 2 * * *',
    ...SPRING,
    expected: []
  },
  {
    promise: 'a step without a star is interval-like too',
    cron: '0/30 2 * * *',
    ...SPRING,
    expected: []
  },
  {
    promise: 'a daily job in an overlap runs once, the first time',
    cron: '30 1 * * *',
    ...AUTUMN,
    expected: ['2026-11-01T05:30:00Z']
  },
  {
    promise: 'several fixed times in an overlap run once each, the first time',
    cron: '0,30 1,2 * * *',
    ...AUTUMN,
    expected: [
      '2026-11-01T05:00:00Z',
      '2026-11-01T05:30:00Z',
      '2026-11-01T07:00:00Z',
      '2026-11-01T07:30:00Z'
    ]
  },
  {
    promise: 'overlap: both runs a fixed time in both passes',
    cron: '30 1 * * *',
    dst: { gap: 'shift', overlap: 'both' },
    ...AUTUMN,
    expected: ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']
  },
  {
    promise: 'an hourly job runs in both passes of an overlap',
    cron: '15 * * * *',
    zone: 'America/New_York',
    from: '2026-11-01T05:00:00Z',
    to: '2026-11-01T08:00:00Z',
    expected: ['2026-11-01T05:15:00Z', '2026-11-01T06:15:00Z', '2026-11-01T07:15:00Z']
  },
  {
    promise: 'a monthly interval-like job is not lost in the second pass of an overlap',
    cron: '*/30 1 1 * *',
    zone: 'America/New_York',
    from: '2026-11-01T05:45:00Z',
    to: '2026-12-01T00:00:00Z',
    expected: ['2026-11-01T06:00:00Z', '2026-11-01T06:30:00Z']
  },
  {
    promise: 'a yearly job in an overlap with both passes is found from before and from behind',
    cron: '30 1 1 11 *',
    dst: { gap: 'shift', overlap: 'both' },
    zone: 'America/New_York',
    from: '2025-12-01T00:00:00Z',
    to: '2027-01-01T00:00:00Z',
    expected: ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']
  },
  {
    promise: 'a yearly job in a gap is found from before and from behind',
    cron: '30 2 8 3 *',
    zone: 'America/New_York',
    from: '2025-12-01T00:00:00Z',
    to: '2027-01-01T00:00:00Z',
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'a gap that ends at midnight moves the job into the next day (Nuuk)',
    cron: '30 23 * * *',
    zone: 'America/Nuuk',
    from: '2024-03-30T12:00:00Z',
    to: '2024-04-01T12:00:00Z',
    expected: ['2024-03-31T01:00:00Z', '2024-04-01T00:30:00Z']
  },
  {
    promise: 'a job of one weekday is not lost when its gap ends on the next (Nuuk, Saturday)',
    cron: '30 23 * * SAT',
    zone: 'America/Nuuk',
    from: '2024-03-30T12:00:00Z',
    to: '2024-04-05T12:00:00Z',
    expected: ['2024-03-31T01:00:00Z']
  },
  {
    promise: 'a gap that begins at midnight moves the midnight job to one o’clock (Cairo)',
    cron: '0 0 * * *',
    zone: 'Africa/Cairo',
    from: '2024-04-25T12:00:00Z',
    to: '2024-04-27T12:00:00Z',
    expected: ['2024-04-25T22:00:00Z', '2024-04-26T21:00:00Z']
  },
  {
    promise: 'a half-hour gap is half an hour (Lord Howe, 02:00 → 02:30)',
    cron: '15,45 2 * * *',
    zone: 'Australia/Lord_Howe',
    from: '2026-10-03T12:00:00Z',
    to: '2026-10-04T12:00:00Z',
    expected: ['2026-10-03T15:30:00Z', '2026-10-03T15:45:00Z']
  },
  {
    promise: 'a half-hour overlap repeats half an hour (Lord Howe, 02:00 → 01:30)',
    cron: '*/15 1 * * *',
    zone: 'Australia/Lord_Howe',
    from: '2026-04-04T13:59:59Z',
    to: '2026-04-04T16:00:00Z',
    expected: [
      '2026-04-04T14:00:00Z',
      '2026-04-04T14:15:00Z',
      '2026-04-04T14:30:00Z',
      '2026-04-04T14:45:00Z',
      '2026-04-04T15:00:00Z',
      '2026-04-04T15:15:00Z'
    ]
  },
  {
    promise: 'a skipped day is one long gap: a daily job runs for it once, when it ends (Apia)',
    cron: '0 9 * * *',
    zone: 'Pacific/Apia',
    from: '2011-12-29T12:00:00Z',
    to: '2011-12-31T12:00:00Z',
    expected: ['2011-12-29T19:00:00Z', '2011-12-30T10:00:00Z', '2011-12-30T19:00:00Z']
  },
  {
    promise: 'a job of the weekday that was skipped runs when the day is over (Apia, Friday)',
    cron: '0 9,17 * * FRI',
    zone: 'Pacific/Apia',
    from: '2011-12-29T12:00:00Z',
    to: '2012-01-03T12:00:00Z',
    expected: ['2011-12-30T10:00:00Z']
  },
  {
    promise: 'an hourly job does not notice a skipped day (Apia)',
    cron: '0 * * * *',
    zone: 'Pacific/Apia',
    from: '2011-12-30T08:00:00Z',
    to: '2011-12-30T11:00:00Z',
    expected: ['2011-12-30T09:00:00Z', '2011-12-30T10:00:00Z', '2011-12-30T11:00:00Z']
  },
  {
    promise: 'an H without a step counts as a fixed time',
    cron: 'H 2 * * *',
    ...SPRING,
    expected: ['2026-03-08T07:00:00Z']
  },
  {
    promise: 'a change of the zone’s standard time is no different (Troll, two hours)',
    cron: '30 1,2 * * *',
    zone: 'Antarctica/Troll',
    from: '2026-03-28T12:00:00Z',
    to: '2026-03-29T12:00:00Z',
    expected: ['2026-03-29T01:00:00Z']
  }
]

for (const { promise, cron, zone, dst, from, to, expected } of cases) {
  void test(promise, (t) => {
    const schedule = compileCron(cron, { timezone: zone, seed: '1', ...(dst && { dst }) })
    t.same(allBetween(schedule, from, to), expected, 'forwards')
    t.same(allBackwards(schedule, from, to), expected, 'backwards')
    t.equal(schedule.count(Date.parse(from), Date.parse(to)), expected.length, 'counted')
    t.end()
  })
}

void test('the zone of the host does not matter', (t) => {
  const script = `
    import { compileCron } from './src/domain/cron/cron.ts'
    const schedule = compileCron('30 2 * * *', { timezone: 'Europe/Berlin' })
    let at = Date.UTC(2026, 2, 1)
    for (let i = 0; i < 60; i++) console.log((at = schedule.next(at)))`
  const answers = ['America/New_York', 'Asia/Kolkata', 'Pacific/Apia'].map((host) =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TZ: host },
      encoding: 'utf8'
    })
  )
  t.equal(answers[0]?.trim().split('\n').length, 60)
  t.equal(new Set(answers).size, 1)
  t.end()
})
