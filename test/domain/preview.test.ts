import { test } from 'tap'
import { CarillonError } from '../../src/domain/errors.ts'
import { previewSchedule, type Preview } from '../../src/domain/preview.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

function refusal(input: object, now = NOW): CarillonError {
  try {
    previewSchedule(input, now)
  } catch (error) {
    if (error instanceof CarillonError) return error
    throw error
  }
  throw new Error(`${JSON.stringify(input)} was accepted.`)
}

/** Every sentence of an answer, one a line. */
function said({ description, next, warnings }: Preview): string {
  const notes = next.map((entry) => `${entry.local} ${entry.note ?? ''}`.trimEnd())
  return [description, ...notes, ...warnings.map((one) => `${one.code}: ${one.detail}`)].join('\n')
}

/** An input, what its answer says, and what it must not say. */
interface Line {
  input: object
  says: string[]
  not?: string[]
}

const cron = (schedule: string, ...says: string[]): Line => ({ input: { schedule }, says })
const berlin = { timezone: 'Europe/Berlin', from: '2026-03-28T12:00:00Z', count: 2 }
const autumn = { timezone: 'Europe/Berlin', from: '2026-10-24T12:00:00Z', count: 2 }

/** The contract on schedules, line by line. */
const contract: Record<string, Line[]> = {
  'five fields': [cron('0 9 * * 1', 'At 09:00 every Monday, UTC.', '2026-01-05T09:00:00+00:00')],
  'six fields with seconds first': [
    cron('30 0 9 * * 1', 'At 09:00:30 every Monday, UTC.', '2026-01-05T09:00:30+00:00')
  ],
  '* , - and /': [
    cron('*/15 9-17 * * 1-5', 'Every 15 minutes from 09:00 to 17:45, from Monday to Friday, UTC.'),
    cron('0 0,12 * * *', 'At 00:00 and 12:00 every day, UTC.')
  ],
  names: [cron('0 9 * FEB mon-FRI', 'At 09:00 from Monday to Friday in February, UTC.')],
  '0 and 7 are Sunday': [
    cron('0 9 * * 0', 'At 09:00 every Sunday, UTC.', '2026-01-04T09:00:00'),
    cron('0 9 * * 7', 'At 09:00 every Sunday, UTC.', '2026-01-04T09:00:00')
  ],
  'L, W, # and LW': [
    cron('0 0 L * *', 'At 00:00 on the last day of every month, UTC.', '2026-01-31T00:00:00'),
    cron('0 0 15W * *', 'the working day nearest to the 15th of every month', '2026-02-16'),
    cron('0 0 * * 1#2', 'on the 2nd Monday of the month', '2026-01-12'),
    cron('0 0 LW * *', 'the last working day (Monday to Friday) of every month', '2026-01-30')
  ],
  '? in day fields': [
    {
      ...cron('0 0 ? * 2', 'At 00:00 every Tuesday, UTC.'),
      not: ['both_day_fields']
    }
  ],
  'N/step is N to the maximum': [
    cron('20/15 0 * * *', 'At 00:20, 00:35 and 00:50 every day, UTC.')
  ],
  'the macros': [
    cron('@yearly', 'At 00:00 on the 1st of January, UTC.', '2027-01-01'),
    cron('@annually', 'At 00:00 on the 1st of January, UTC.', '2027-01-01'),
    cron('@monthly', 'At 00:00 on the 1st of every month, UTC.'),
    cron('@weekly', 'At 00:00 every Sunday, UTC.'),
    cron('@daily', 'At 00:00 every day, UTC.'),
    cron('@midnight', 'At 00:00 every day, UTC.'),
    cron('@hourly', 'Every hour on the hour, UTC.')
  ],
  '@every 5m is an interval': [
    cron('@every 5m', 'Every 5 minutes, counted from the creation of the job.', '00:05:00+00:00'),
    {
      input: { schedule: '@every 5m', start_date: '2026-01-01T00:02:00Z' },
      says: ['Every 5 minutes, counted from Thursday 1 January 2026 at 00:02 UTC.', 'T00:02:00']
    }
  ],
  'a TZ= or CRON_TZ= prefix': [
    cron('TZ=Asia/Tokyo 0 9 * * *', 'At 09:00 every day, Asia/Tokyo time.', 'T09:00:00+09:00'),
    cron('CRON_TZ=Asia/Tokyo 0 9 * * *', 'Asia/Tokyo time.', 'T09:00:00+09:00')
  ],
  'H, a stable spread by job': [
    cron('H H * * *', 'At 00:40 every day, UTC.', 'h_provisional: H spreads by the id of the job'),
    cron('H/15 * * * *', 'h_provisional: ')
  ],
  'both day fields restricted is either, and the preview says so': [
    cron('0 0 13 * FRI', 'on the 13th of the month and also every Friday', 'both_day_fields: '),
    { input: { schedule: '0 0 */2 * MON' }, says: ['but only on'], not: ['both_day_fields'] }
  ],
  'a gap: once, at its end': [
    {
      input: { ...berlin, schedule: '30 2 * * *' },
      says: [
        '2026-03-29T03:00:00+02:00 The clock is set forward here, from 02:00 to 03:00.',
        'dst_gap: On Sunday 29 March 2026 the clock of Europe/Berlin is set forward from 02:00 to 03:00: what is due in between does not exist and runs once instead'
      ]
    }
  ],
  'a gap: even when its end is the next day': [
    {
      input: { schedule: '30 23 * * *', timezone: 'America/Nuuk', from: '2026-03-28T12:00:00Z' },
      says: [
        '2026-03-29T00:00:00-01:00 The clock is set forward here, from 23:00 to 00:00.',
        'dst_gap: On Saturday 28 March 2026'
      ]
    }
  ],
  'an overlap: once, the first time': [
    {
      input: { ...autumn, schedule: '30 2 * * *' },
      says: [
        '2026-10-25T02:30:00+02:00 The clock shows 02:30 twice on this day; this is the first time.',
        '2026-10-26T02:30:00+01:00',
        'dst_overlap: On Sunday 25 October 2026 the clock of Europe/Berlin is set back from 03:00 to 02:00: what is due in between comes twice and runs the first time only.'
      ]
    }
  ],
  'interval-like patterns run in every real hour': [
    {
      input: { ...autumn, schedule: '30 * * * *', from: '2026-10-25T00:00:00Z' },
      says: ['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00', 'this is the second time.'],
      not: ['dst_']
    },
    {
      input: { ...autumn, schedule: '*/30 2 * * *' },
      says: ['dst_overlap: ', 'runs both times.', 'dst_gap: ', 'nothing runs in its place.']
    }
  ],
  'dst changes it for a job': [
    {
      input: { ...berlin, schedule: '30 2 * * *', dst: { gap: 'skip' } },
      says: ['dst_gap: ', 'nothing runs in its place.', 'runs the first time only.'],
      not: ['2026-03-29', 'runs once instead']
    },
    {
      input: { ...autumn, schedule: '30 2 * * *', dst: { overlap: 'both' } },
      says: ['T02:30:00+02:00', 'T02:30:00+01:00', 'this is the second time.', 'runs both times.']
    }
  ],
  'an interval: the grid of its start, in absolute time': [
    {
      input: {
        start_date: '2026-06-10T09:00:00Z',
        repeat_interval: '24h',
        timezone: 'Europe/Berlin'
      },
      says: [
        'Every 24 hours, counted from Wednesday 10 June 2026 at 11:00, Europe/Berlin time.',
        '2026-06-10T11:00:00+02:00',
        'dst_interval: A day of an interval is 24 hours, so from Sunday 29 March 2026 on'
      ]
    }
  ],
  'an interval without a start date: the grid of its creation': [
    {
      input: { repeat_interval: '1h30m' },
      says: ['Every 1 hour and 30 minutes, counted from the creation of the job.', 'T01:30:00']
    }
  ],
  'an interval whose start is past continues the grid, never a burst': [
    {
      input: { start_date: '2024-06-10T09:00:00Z', repeat_interval: '24h', count: 1 },
      says: [
        'Every 24 hours, counted from Monday 10 June 2024 at 09:00 UTC. That start has passed',
        'none before it is made up for',
        '2026-01-01T09:00:00+00:00'
      ]
    }
  ],
  'one-shot: start_date alone': [
    {
      input: { start_date: '2026-06-01T09:00:00+02:00', timezone: 'Europe/Berlin' },
      says: ['Once, on Monday 1 June 2026 at 09:00, Europe/Berlin time.', 'T09:00:00+02:00']
    }
  ],
  'both schedule and start_date: cron from that instant on': [
    {
      input: { schedule: '0 9 * * *', start_date: '2026-03-01T09:00:00Z', count: 1 },
      says: [
        'At 09:00 every day, UTC, from Sunday 1 March 2026 at 09:00 on.',
        '2026-03-01T09:00:00'
      ]
    }
  ],
  'next is strictly later than its input': [
    {
      input: { schedule: '0 9 * * *', from: '2026-01-05T09:00:00Z', count: 1 },
      says: ['2026-01-06T09:00:00'],
      not: ['2026-01-05T09:00:00']
    },
    {
      input: { schedule: '0 9 * * *', from: '2026-01-05T08:59:59.999Z', count: 1 },
      says: ['2026-01-05T09:00:00']
    }
  ],
  'a schedule that never fires': [
    cron('0 0 30 2 *', 'the 30th of February', 'never_fires: ', 'no month 2 has day 30', 'refused'),
    { input: { start_date: '2025-01-01T00:00:00Z' }, says: ['never_fires: Nothing is due after'] },
    {
      input: { schedule: '0 9 * * *', end_date: '2025-01-01T00:00:00Z' },
      says: ['never_fires: ', '"end_date" is "2025-01-01T00:00:00Z"', 'at 2026-01-01T09:00:00.000Z']
    }
  ]
}

for (const [line, cases] of Object.entries(contract)) {
  void test(`previewed with a sentence: ${line}`, (t) => {
    for (const { input, says, not = [] } of cases) {
      const preview = previewSchedule(input, NOW)
      const text = said(preview)
      const label = JSON.stringify(input)
      t.match(preview.description, /^[A-Z].*\.$/, `${label} has a sentence`)
      for (const words of says) t.ok(text.includes(words), `${label} says ${words}, in: ${text}`)
      for (const words of not) t.notOk(text.includes(words), `${label} does not say ${words}`)
    }
    t.end()
  })
}

/** What the contract refuses, the hint that is given, and the field that it is about. */
const refused: Record<string, [input: object, pointer: string, hint: string]> = {
  '@reboot': [{ schedule: '@reboot' }, '/schedule', 'write @every 1h'],
  'L-3': [{ schedule: '0 0 L-3 * *' }, '/schedule', 'L-3'],
  'wrapped ranges': [{ schedule: '0 22-6 * * *' }, '/schedule', '22-6'],
  'steps over the range': [{ schedule: '*/90 * * * *' }, '/schedule', '90'],
  'empty list items': [{ schedule: '1,,2 * * * *' }, '/schedule', 'empty'],
  'ISO dates': [{ schedule: '2026-06-10T09:00:00Z' }, '/schedule', 'start_date'],
  'control characters': [{ schedule: '0 9\t* * *' }, '/schedule', 'use spaces'],
  'a year field': [{ schedule: '0 0 9 * * * 2026' }, '/schedule', 'use start_date and end_date'],
  'a prefix that contradicts timezone': [
    { schedule: 'TZ=Asia/Tokyo 0 9 * * *', timezone: 'Europe/Berlin' },
    '/timezone',
    'remove one of the two'
  ],
  'an unknown zone': [{ schedule: '0 9 * * *', timezone: 'Mars/X' }, '/timezone', 'Europe/Berlin'],
  'cron and interval together': [
    { schedule: '0 9 * * *', repeat_interval: '1h' },
    '/repeat_interval',
    'remove one'
  ],
  'no schedule at all': [{}, '/schedule', 'give one of them'],
  'an interval under a second': [{ repeat_interval: '5ms' }, '/repeat_interval', 'at least "1s"'],
  'a date that is none': [{ start_date: 'tomorrow' }, '/start_date', 'RFC 3339'],
  'a "from" that is none': [{ schedule: '0 9 * * *', from: 'x' }, '/from', 'RFC 3339'],
  'a count out of bounds': [{ schedule: '0 9 * * *', count: 1e9 }, '/count', 'between 1 and 100'],
  'a count of none': [{ schedule: '0 9 * * *', count: 0 }, '/count', 'between 1 and 100'],
  'an unknown field': [{ shedule: '0 9 * * *' }, '/shedule', 'Did you mean "schedule"'],
  'an exclusion of two fields': [
    { schedule: '0 9 * * *', exclude: ['25 12'] },
    '/exclude/0',
    'three fields'
  ],
  'a million characters': [{ schedule: '0'.repeat(1_000_000) }, '/schedule', 'at most 256'],
  'no object': [[], '', 'object']
}

for (const [what, [input, pointer, hint]] of Object.entries(refused)) {
  void test(`refused with field and fix: ${what}`, (t) => {
    const error = refusal(input)
    t.equal(error.code, 'validation_failed')
    t.equal(error.faults[0]?.pointer, pointer)
    t.ok(error.message.includes(hint), error.message)
    t.ok(error.message.length < 500, 'the input is not repeated at length')
    t.end()
  })
}

void test('limits and exclusions are part of the sentence', (t) => {
  const input = {
    schedule: '0 9 * * *',
    end_date: '2026-12-31T00:00:00Z',
    max_runs: 7,
    exclude: [
      '25 12 *',
      '* * SAT,SUN',
      { from: '2026-04-01T00:00:00Z', to: '2026-04-02T00:00:00Z' },
      '1 1 *'
    ]
  }
  t.equal(
    previewSchedule(input, NOW).description,
    'At 09:00 every day, UTC, until Thursday 31 December 2026 at 00:00, except on the 25th of December, every Saturday and Sunday, from Wednesday 1 April 2026 at 00:00 to Thursday 2 April 2026 at 00:00 and in 1 more case, 7 times at most.'
  )
  t.end()
})

void test('what is excluded is listed and marked, and said when it is everything', (t) => {
  const weekend = previewSchedule({ schedule: '0 9 * * *', exclude: ['* * SAT,SUN'] }, NOW)
  t.same(
    weekend.next.map((entry) => entry.skipped ?? 'runs'),
    ['runs', 'runs', 'excluded', 'excluded', 'runs']
  )
  t.match(weekend.next[2], { local: '2026-01-03T09:00:00+00:00', note: 'excluded' })
  t.same(weekend.warnings, [])
  const all = previewSchedule({ schedule: '0 9 * * *', exclude: ['* * *'] }, NOW)
  t.match(all.warnings, [{ code: 'all_excluded' }])
  t.match(all.description, /except every day\.$/)
  t.end()
})

void test('after its last run or its end there is nothing more', (t) => {
  const twice = previewSchedule({ repeat_interval: '1h', max_runs: 2, exclude: ['2 1 *'] }, NOW)
  t.same(
    twice.next.map((entry) => entry.at),
    ['2026-01-01T01:00:00.000Z', '2026-01-01T02:00:00.000Z']
  )
  const ended = previewSchedule({ repeat_interval: '1h', end_date: '2026-01-01T03:00:00Z' }, NOW)
  t.equal(ended.next.length, 3, 'the end itself is still in it')
  t.end()
})

void test('a jitter is told by its bounds, because the delay depends on the id', (t) => {
  const { next, warnings } = previewSchedule({ schedule: '0 * * * *', jitter: '45m' }, NOW)
  t.equal(next[0]?.note, 'starts up to 30m later (jitter)', 'at most half the period')
  t.equal(next[0]?.starts_at, undefined)
  t.match(warnings, [{ code: 'jitter_provisional', detail: /up to 45m, at most half/ }])
  t.same(previewSchedule({ schedule: '0 * * * *', jitter: '0s' }, NOW).warnings, [])
  t.end()
})

void test('more than once a minute is told, once a minute is not', (t) => {
  const codes = (schedule: string) =>
    previewSchedule({ schedule }, NOW).warnings.map((one) => one.code)
  t.same(codes('* * * * *'), [])
  t.same(codes('0 * * * * *'), [])
  t.same(codes('* * * * * *'), ['very_frequent'])
  t.same(codes('*/30 * * * * *'), ['very_frequent'])
  t.same(codes('@every 59s'), ['very_frequent'])
  t.match(previewSchedule({ schedule: '* * * * * *' }, NOW).warnings[0], {
    detail: /^It runs 86,400 times in a day, .* With six fields the first is seconds/
  })
  t.end()
})

void test('each uneven step is told', (t) => {
  const { warnings } = previewSchedule({ schedule: '*/7 */5 * * *' }, NOW)
  t.match(warnings, [
    { code: 'uneven_step', detail: /^\*\/7 / },
    { code: 'uneven_step', detail: /^\*\/5 / }
  ])
  t.end()
})

void test('clock changes outside of start and end, and of other days, are not told', (t) => {
  const codes = (more: object) =>
    previewSchedule({ schedule: '30 2 * * *', ...berlin, ...more }, NOW).warnings.map(
      (one) => one.code
    )
  t.same(codes({}), ['dst_gap', 'dst_overlap', 'dst_gap'])
  t.same(codes({ end_date: '2026-06-01T00:00:00Z' }), ['dst_gap'])
  t.same(codes({ start_date: '2026-06-01T00:00:00Z' })[0], 'dst_overlap')
  t.same(codes({ schedule: '30 2 * * 1' }), [])
  t.same(codes({ schedule: '0 9 * * *' }), [])
  t.same(codes({ schedule: '0 3 * * *' }), [], 'the end of the gap is no part of it')
  t.same(codes({ timezone: 'UTC' }), [])
  t.end()
})

void test('hours keep their distance through a clock change, so nothing is told of them', (t) => {
  const codes = (repeat_interval: string, timezone: string) =>
    previewSchedule({ repeat_interval, timezone }, NOW).warnings.map((one) => one.code)
  t.same(codes('7d', 'Europe/Berlin'), ['dst_interval'])
  t.same(codes('6h', 'Europe/Berlin'), [])
  t.same(codes('7d', 'UTC'), [])
  t.same(codes('7d', 'Asia/Tokyo'), [])
  t.end()
})

void test('a schedule that is over only at a later "from" is not called refused', (t) => {
  const input = { schedule: '0 9 * * *', end_date: '2026-06-01T00:00:00Z' }
  const later = previewSchedule({ ...input, from: '2027-01-01T00:00:00Z' }, NOW)
  t.match(later, { next: [], warnings: [{ code: 'never_fires' }] })
  t.notMatch(later.warnings[0]?.detail, /refused/)
  t.end()
})

void test('the ends of the calendar are answered', (t) => {
  const last = { from: '9999-12-31T00:00:00Z', timezone: 'Asia/Tokyo', count: 100 }
  const hourly = previewSchedule({ ...last, repeat_interval: '1h' }, NOW)
  t.equal(hourly.next.length, 23)
  t.equal(hourly.next.at(-1)?.local, '9999-12-31T23:00:00+00:00', 'in UTC, where Tokyo has 10000')
  const first = { from: '0000-01-01T00:00:00Z', timezone: 'America/New_York', count: 1 }
  t.equal(
    previewSchedule({ ...first, repeat_interval: '1h' }, NOW).next[0]?.local,
    '0000-01-01T01:00:00+00:00'
  )
  const old = { schedule: '0 9 * * *', timezone: 'America/New_York', count: 1 }
  const lmt = previewSchedule({ ...old, from: '1880-01-01T00:00:00Z' }, NOW).next[0]
  t.equal(Date.parse(lmt?.local ?? ''), Date.parse(lmt?.at ?? ''), 'the same instant')
  t.end()
})

void test('a hundred occurrences with a hundred exclusions cost milliseconds', (t) => {
  const exclude = Array.from({ length: 100 }, (_, i) => `${(i % 28) + 1} ${(i % 12) + 1} *`)
  const input = { schedule: '30 2 * * *', timezone: 'Europe/Berlin', exclude, count: 100 }
  t.equal(previewSchedule(input, NOW).next.length, 100)
  t.end()
})
