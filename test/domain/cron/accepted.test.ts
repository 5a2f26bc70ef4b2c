import { test } from 'tap'
import { compileCron, parseCron } from '../../../src/domain/cron/cron.ts'
import { firstAfter } from '../../helpers/occurrences.ts'

/** 2026 begins on a Thursday. Each line: expression, then its first occurrences in that year. */
const year = (expression: string, ...expected: string[]) => ({ expression, expected })

const rules: Record<string, ReturnType<typeof year>[]> = {
  'five fields: minute, hour, day of month, month, weekday': [
    year('0 9 * * 1', '01-05T09:00:00', '01-12T09:00:00'),
    year('5 4 3 2 *', '02-03T04:05:00'),
    year('  0   9  *  *  1  ', '01-05T09:00:00')
  ],
  'six fields: seconds first': [
    year('30 0 9 * * 1', '01-05T09:00:30', '01-12T09:00:30'),
    year('*/20 0 0 1 1 *', '01-01T00:00:20', '01-01T00:00:40')
  ],
  'lists, ranges and steps': [
    year('0 0,12 2 1 *', '01-02T00:00:00', '01-02T12:00:00'),
    year('0 9-11 2 1 *', '01-02T09:00:00', '01-02T10:00:00', '01-02T11:00:00'),
    year('0 8-16/4 2 1 *', '01-02T08:00:00', '01-02T12:00:00', '01-02T16:00:00'),
    year('*/25 0 2 1 *', '01-02T00:00:00', '01-02T00:25:00', '01-02T00:50:00'),
    year('5,10-12,*/30 0 2 1 *', '01-02T00:00:00', '01-02T00:05:00', '01-02T00:10:00')
  ],
  'a step as wide as its field gives the first value only': [
    year('*/60 */24 2 1 *', '01-02T00:00:00')
  ],
  'N/step counts from N to the maximum': [
    year('20/15 0 2 1 *', '01-02T00:20:00', '01-02T00:35:00', '01-02T00:50:00'),
    year('0 0 10/10 1 *', '01-10T00:00:00', '01-20T00:00:00', '01-30T00:00:00'),
    year('0 0 1 5/4 *', '05-01T00:00:00', '09-01T00:00:00'),
    year('0 0 * 1 4/2', '01-03T00:00:00', '01-08T00:00:00')
  ],
  'names of months and weekdays, in any case': [
    year('0 0 1 Feb,aug *', '02-01T00:00:00', '08-01T00:00:00'),
    year('0 0 1 NOV-dec *', '11-01T00:00:00', '12-01T00:00:00'),
    year('0 0 * * mon-WED', '01-05T00:00:00', '01-06T00:00:00', '01-07T00:00:00', '01-12T00:00:00')
  ],
  '0 and 7 are Sunday': [
    year('0 0 * * 0', '01-04T00:00:00', '01-11T00:00:00'),
    year('0 0 * * 7', '01-04T00:00:00', '01-11T00:00:00'),
    year('0 0 * * SUN', '01-04T00:00:00', '01-11T00:00:00'),
    year('0 0 * * 5-7', '01-02T00:00:00', '01-03T00:00:00', '01-04T00:00:00', '01-09T00:00:00'),
    year('0 0 * * FRI-SUN', '01-02T00:00:00', '01-03T00:00:00', '01-04T00:00:00'),
    year('0 0 * * SUN-TUE', '01-04T00:00:00', '01-05T00:00:00', '01-06T00:00:00'),
    year('0 0 * * 0-7', '01-02T00:00:00', '01-03T00:00:00'),
    year('0 0 * * */2', '01-03T00:00:00', '01-04T00:00:00', '01-06T00:00:00')
  ],
  'L in day of month is its last day': [
    year('0 0 L * *', '01-31T00:00:00', '02-28T00:00:00', '03-31T00:00:00'),
    year('0 0 L 2 *', '02-28T00:00:00'),
    year('0 0 15,L * *', '01-15T00:00:00', '01-31T00:00:00', '02-15T00:00:00')
  ],
  'L after a weekday is its last one in the month': [
    year('0 0 * * 5L', '01-30T00:00:00', '02-27T00:00:00'),
    year('0 0 * * friL', '01-30T00:00:00', '02-27T00:00:00'),
    year('0 0 * * 7L', '01-25T00:00:00', '02-22T00:00:00')
  ],
  'W is the nearest weekday, and never leaves the month': [
    year('0 0 15W * *', '01-15T00:00:00', '02-16T00:00:00', '03-16T00:00:00'),
    year('0 0 1W 2,8 *', '02-02T00:00:00', '08-03T00:00:00'),
    year('0 0 31W 1,5 *', '01-30T00:00:00', '05-29T00:00:00'),
    year('0 0 30W 2,3 *', '03-30T00:00:00'),
    year('0 0 31w 1,4,5 *', '01-30T00:00:00', '05-29T00:00:00')
  ],
  'LW is the last weekday of the month': [
    year('0 0 LW * *', '01-30T00:00:00', '02-27T00:00:00', '03-31T00:00:00'),
    year('0 0 15W,LW * *', '01-15T00:00:00', '01-30T00:00:00', '02-16T00:00:00')
  ],
  '# is the n-th weekday of the month': [
    year('0 0 * * 1#1', '01-05T00:00:00', '02-02T00:00:00'),
    year('0 0 * * mon#2,WED#4', '01-12T00:00:00', '01-28T00:00:00', '02-09T00:00:00'),
    year('0 0 * * 6#5', '01-31T00:00:00', '05-30T00:00:00'),
    year('0 0 * * 0#1', '01-04T00:00:00', '02-01T00:00:00'),
    year('0 0 * * 7#1', '01-04T00:00:00', '02-01T00:00:00')
  ],
  '? in a day field is a *': [
    year('0 0 ? * 1', '01-05T00:00:00', '01-12T00:00:00'),
    year('0 0 5 * ?', '01-05T00:00:00', '02-05T00:00:00'),
    year('0 0 ? * ?', '01-02T00:00:00', '01-03T00:00:00')
  ],
  'both day fields restricted: a day that matches either counts (crontab(5))': [
    year('0 0 13 * FRI', '01-02T00:00:00', '01-09T00:00:00', '01-13T00:00:00', '01-16T00:00:00'),
    year('0 0 L * 1#1', '01-05T00:00:00', '01-31T00:00:00', '02-02T00:00:00')
  ],
  'a day field that begins with * is not restricted: a day must match both (Vixie)': [
    year('0 0 */2 * MON', '01-05T00:00:00', '01-19T00:00:00', '02-09T00:00:00'),
    year('0 0 13 * */2', '01-13T00:00:00', '06-13T00:00:00', '08-13T00:00:00')
  ],
  'the macros': [
    year('@hourly', '01-01T01:00:00', '01-01T02:00:00'),
    year('@daily', '01-02T00:00:00', '01-03T00:00:00'),
    year('@midnight', '01-02T00:00:00', '01-03T00:00:00'),
    year('@weekly', '01-04T00:00:00', '01-11T00:00:00'),
    year('@Monthly', '02-01T00:00:00', '03-01T00:00:00')
  ],
  '@every is an interval': [
    year('@every 5m', '01-01T00:05:00', '01-01T00:10:00'),
    year('@every 1h30m', '01-01T01:30:00', '01-01T03:00:00'),
    year('@EVERY 90s', '01-01T00:01:30', '01-01T00:03:00')
  ],
  'a TZ= or CRON_TZ= prefix names the zone': [
    year('TZ=Asia/Tokyo 0 9 2 1 *', '01-02T00:00:00'),
    year('CRON_TZ=Asia/Tokyo 0 9 2 1 *', '01-02T00:00:00'),
    year('cron_tz=asia/tokyo @daily', '01-01T15:00:00', '01-02T15:00:00'),
    year('TZ=Asia/Tokyo @every 12h', '01-01T12:00:00', '01-02T00:00:00')
  ]
}

for (const [rule, lines] of Object.entries(rules)) {
  void test(rule, (t) => {
    for (const { expression, expected } of lines) {
      const schedule = compileCron(expression, { timezone: 'UTC' })
      const found = firstAfter(schedule, '2026-01-01T00:00:00Z', expected.length)
      t.same(
        found,
        expected.map((at) => `2026-${at}Z`),
        expression
      )
    }
    t.end()
  })
}

void test('@yearly and @annually are the first of January', (t) => {
  for (const macro of ['@yearly', '@annually']) {
    const schedule = compileCron(macro, { timezone: 'UTC' })
    t.same(firstAfter(schedule, '2026-01-01T00:00:00Z', 1), ['2027-01-01T00:00:00Z'])
  }
  t.end()
})

void test('the grid of @every begins at the anchor', (t) => {
  const anchor = Date.parse('2026-01-01T00:02:00Z')
  const schedule = compileCron('@every 5m', { timezone: 'UTC', anchor })
  t.same(firstAfter(schedule, '2026-01-01T00:02:00Z', 1), ['2026-01-01T00:07:00Z'])
  t.end()
})

void test('a parsed expression tells its prefix, its interval and its quirks', (t) => {
  const plain = { prefixTimezone: null, everyMs: null, hasHash: false }
  t.match(parseCron('0 9 13 * FRI'), { ...plain, bothDayFields: true, fixedTime: true })
  t.match(parseCron('0 9 */2 * FRI'), { bothDayFields: false })
  t.match(parseCron('*/5 9 * * *'), { fixedTime: false })
  t.match(parseCron('* 5 9-17 * * *'), { fixedTime: true })
  t.match(parseCron('H H(0-7) * * *'), { hasHash: true, fixedTime: true })
  t.match(parseCron('H/15 * * * THU'), { hasHash: true, fixedTime: false })
  t.match(parseCron('0 0 * MAR THU'), { hasHash: false })
  t.match(parseCron('@every 1h30m'), { everyMs: 5_400_000, fields: [] })
  t.match(parseCron('TZ=europe/kiev 0 9 * * *'), { prefixTimezone: 'Europe/Kyiv' })
  t.end()
})

void test('a step that does not divide its field is told, so that a preview can warn', (t) => {
  t.same(parseCron('*/7 */5 * * *').unevenSteps, ['*/7', '*/5'])
  t.same(parseCron('h/45 * * * *').unevenSteps, ['H/45'])
  t.same(parseCron('*/15 */8 */2 * *').unevenSteps, [])
  t.same(parseCron('0-30/7 * * * *').unevenSteps, [])
  t.end()
})

void test('Feb 29 is found across 2100, which is no leap year, from both sides', (t) => {
  const schedule = compileCron('0 0 29 2 *', { timezone: 'America/New_York' })
  t.same(firstAfter(schedule, '2096-03-01T00:00:00Z', 1), ['2104-02-29T05:00:00Z'])
  t.equal(schedule.previous(Date.parse('2104-02-29T05:00:00Z')), Date.parse('2096-02-29T05:00:00Z'))
  t.equal(schedule.count(Date.UTC(2000, 0, 1), Date.UTC(2400, 0, 1)), 97)
  t.end()
})

void test('a fifth Monday in February is found 40 years ahead', (t) => {
  const schedule = compileCron('0 0 * 2 MON#5', { timezone: 'UTC' })
  t.same(firstAfter(schedule, '2072-03-01T00:00:00Z', 2), [
    '2112-02-29T00:00:00Z',
    '2140-02-29T00:00:00Z'
  ])
  t.end()
})

void test('next is strictly later and previous strictly earlier, to the millisecond', (t) => {
  const schedule = compileCron('0 9 * * *', { timezone: 'UTC' })
  const nine = Date.parse('2026-01-01T09:00:00Z')
  t.equal(schedule.next(nine - 1), nine)
  t.equal(schedule.next(nine), nine + 86_400_000)
  t.equal(schedule.previous(nine + 1), nine)
  t.equal(schedule.previous(nine), nine - 86_400_000)
  t.equal(schedule.count(nine - 1, nine), 1)
  t.equal(schedule.count(nine, nine + 86_399_999), 0)
  t.equal(schedule.count(nine, nine), 0)
  t.equal(schedule.count(nine, nine - 86_400_000), 0)
  t.end()
})

void test('time before 1970 is no different', (t) => {
  const schedule = compileCron('0 9 29 2 *', { timezone: 'America/New_York' })
  t.same(firstAfter(schedule, '1900-01-01T00:00:00Z', 1), ['1904-02-29T14:00:00Z'])
  t.equal(schedule.previous(0), Date.parse('1968-02-29T14:00:00Z'))
  t.end()
})

void test('there is nothing after the year 9999, nor before the year 1', (t) => {
  const schedule = compileCron('0 0 1 1 *', { timezone: 'America/New_York' })
  t.equal(schedule.next(Date.parse('9999-06-01T00:00:00Z')), null)
  t.equal(schedule.next(Infinity), null)
  t.equal(schedule.next(NaN), null)
  t.equal(schedule.previous(Date.parse('0001-01-01T00:00:00Z')), null)
  t.equal(schedule.previous(-Infinity), null)
  t.equal(schedule.previous(Infinity), Date.parse('9999-01-01T05:00:00Z'))
  t.end()
})
