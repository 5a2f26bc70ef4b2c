import { test } from 'tap'
import { canonicalTimezone, compileCron } from '../../../src/domain/cron/cron.ts'
import { CarillonError } from '../../../src/domain/errors.ts'

function refusal(expression: string, timezone = 'UTC', seed?: string): CarillonError {
  try {
    compileCron(expression, { timezone, ...(seed !== undefined && { seed }) })
  } catch (error) {
    if (error instanceof CarillonError) return error
    throw error
  }
  throw new Error(`"${expression}" was accepted`)
}

/** Each line: what is refused, and the part of the sentence that is its hint. */
const rules: Record<string, [expression: string, hint: string][]> = {
  '@reboot, and macros there are not': [
    ['@reboot', 'because a schedule does not know restarts'],
    ['@nightly', 'write one of @yearly, @annually, @monthly'],
    ['@daily 5', '"@daily 5" is not a known macro'],
    ['@', 'is not a known macro'],
    ['@everyone', 'is not a known macro'],
    ['@constructor', 'is not a known macro']
  ],
  '@every without a duration of at least a second': [
    ['@every', 'write @every 90s'],
    ['@every 5', 'write @every 90s'],
    ['@every 5 minutes', 'write @every 90s'],
    ['@every 999ms', 'the interval is under 1s'],
    ['@every 0s', 'the interval is under 1s']
  ],
  'days before the last': [
    ['0 0 L-3 * *', 'write L for the last day'],
    ['0 0 1,L-3 * *', '"L-3"'],
    ['0 0 L3 * *', '"L3"']
  ],
  'ranges that run backwards, with what was meant': [
    ['0 22-2 * * *', 'write 22-23,0-2.'],
    ['0 23-1 * * *', 'write 23,0-1.'],
    ['50-10/5 * * * *', 'write 50-59,0-10.'],
    ['0 0 * * SAT-MON', 'write 6,0-1.'],
    ['0 0 * * 5-0', 'write 5-7.'],
    ['0 0 * * 7-2', 'write 0-2.'],
    ['0 0 28-3 * *', 'write 28-31,1-3.'],
    ['0 0 1 NOV-FEB *', 'write 11-12,1-2.']
  ],
  'malformed ranges': [
    ['-5 * * * *', 'write two values with one dash'],
    ['5- * * * *', 'write two values with one dash'],
    ['1-2-3 * * * *', 'write two values with one dash'],
    ['*-5 * * * *', '"*" is not a valid minute'],
    ['0 9 * * -', 'write two values with one dash']
  ],
  'steps over the range, with the interval that was meant': [
    ['*/61 * * * *', 'write /1 to /60, or use @every 61m'],
    ['*/90 * * * *', 'use @every 90m'],
    ['0 */25 * * *', 'use @every 25h'],
    ['0 0 */32 * *', 'use @every 32d'],
    ['0 0 1 */13 *', 'write /1 to /12.'],
    ['0 0 * * */8', 'write /1 to /7'],
    ['*/99999 * * * *', 'does not fit the minute field']
  ],
  'steps that are zero, missing, double or of nothing': [
    ['*/0 * * * *', 'a step of 0 never advances'],
    ['5-10/0 * * * *', 'a step of 0 never advances'],
    ['H/0 * * * *', 'a step of 0 never advances'],
    ['*/ * * * *', 'does not fit'],
    ['*/x * * * *', 'does not fit'],
    ['*/-5 * * * *', 'does not fit'],
    ['*/5/5 * * * *', 'has two steps'],
    ['/5 * * * *', 'write */5.'],
    ['0 0 L/2 * *', '"L" takes no step'],
    ['0 0 15W/2 * *', '"15W" takes no step'],
    ['0 0 * * 1#2/2', '"1#2" takes no step'],
    ['0 0 ?/2 * *', '"?" takes no step'],
    ['0 0 * * 7/2', 'write 0/2.']
  ],
  'empty list items': [
    ['1,,2 * * * *', 'the minute field has an empty list item'],
    [',1 * * * *', 'remove the comma'],
    ['0 1, * * *', 'the hour field has an empty list item'],
    ['0 0 * * MON,', 'the weekday field has an empty list item']
  ],
  dates: [
    ['2024-06-10T09:00:00Z', 'write it as start_date'],
    ['2024-06-10', 'write it as start_date'],
    ['2024-06-10 09:00:00', 'write it as start_date']
  ],
  'control characters and everything beyond ASCII': [
    ['0 9\t* * 1', 'U+0009'],
    ['0 9 * * 1\n0 10 * * 1', 'U+000A'],
    ['0 9 * * 1\n', 'U+000A'],
    ['0 9 * * \u0000', 'U+0000'],
    ['0\u00a09 * * 1', 'U+00A0'],
    ['0 9 * * \u{1f600}', 'U+1F600'],
    ['0 9 * * \u0661', 'U+0661']
  ],
  'a year field': [
    ['0 0 9 * * ? 2026', 'use start_date and end_date'],
    ['0 0 9 * * 1 *', 'use start_date and end_date'],
    ['0 9 * * 1 2026', 'use start_date and end_date'],
    ['0 9 * * 1 2026-2028', 'use start_date and end_date']
  ],
  'a wrong number of fields': [
    ['', 'it is empty'],
    ['   ', 'it is empty'],
    ['*', 'it has 1 field;'],
    ['* * * *', 'it has 4 fields; write five'],
    ['* * * * * * * *', 'it has 8 fields'],
    ['every 5 minutes', 'it has 3 fields']
  ],
  'values out of range': [
    ['60 * * * *', '"60" is not a valid minute; write 0-59.'],
    ['60 * * * * *', '"60" is not a valid second'],
    ['0 24 * * *', '"24" is not a valid hour'],
    ['0 0 0 * *', '"0" is not a valid day of month; write 1-31.'],
    ['0 0 32 * *', '"32" is not a valid day of month'],
    ['0 0 1 0 *', '"0" is not a valid month; write 1-12 or JAN-DEC.'],
    ['0 0 1 13 *', '"13" is not a valid month'],
    ['0 0 * * 8', '"8" is not a valid weekday; write 0-7 or SUN-SAT.'],
    ['0 0 1-32 * *', '"32" is not a valid day of month'],
    ['0 0 32W * *', '"32" is not a valid day of month'],
    ['99999999999 * * * *', 'is not a valid minute'],
    ['1e1 * * * *', 'is not a valid minute'],
    ['0x1 * * * *', 'is not a valid minute'],
    ['1.5 * * * *', 'is not a valid minute'],
    ['+5 * * * *', 'is not a valid minute']
  ],
  'names that are none, or in the wrong field': [
    ['0 9 * * MONDAY', '"MONDAY" is not a valid weekday'],
    ['0 9 * JANUARY *', '"JANUARY" is not a valid month'],
    ['0 9 JAN * *', '"JAN" is not a valid day of month'],
    ['0 9 * MON *', '"MON" is not a valid month'],
    ['0 9 * * 1MON', 'is not a valid weekday'],
    ['0 9 * * +MON', 'is not a valid weekday']
  ],
  'L, W, # and ? out of place': [
    ['L * * * *', 'are for the day fields'],
    ['0 5W * * *', 'are for the day fields'],
    ['0 0 1 1#2 *', 'are for the day fields'],
    ['0 0 W * *', 'write 15W, or LW'],
    ['0 0 1-5W * *', 'write 15W, or LW'],
    ['0 0 WL * *', '"WL"'],
    ['0 0 5#2 * *', 'belongs in the weekday field'],
    ['0 0 * * 5W', 'belongs in the day of month field'],
    ['0 0 * * L', 'write 5L for the last Friday'],
    ['0 0 * * 1#0', 'write #1 to #5'],
    ['0 0 * * 1#6', 'write #1 to #5'],
    ['0 0 * * 1#', 'write #1 to #5'],
    ['0 0 * * #2', 'a value is missing'],
    ['0 0 * * 1#2#3', 'write #1 to #5'],
    ['0 0 * * 1#L', 'write #1 to #5'],
    ['0 0 * * MON-FRI#2', 'one item for each weekday'],
    ['0 0 * * 1-5L', 'one item for each weekday'],
    ['? * * * *', 'write * in the minute field'],
    ['0 0 ?,5 * *', '"?" stands alone'],
    ['0 0 1 ? *', 'write * in the month field']
  ],
  'H without a seed, and H that is malformed': [
    ['H * * * *', 'write fixed numbers instead'],
    ['0 0 1,H * *', 'write fixed numbers instead'],
    ['H-5 * * * *', 'write H, H/15, H(0-29)'],
    ['H( * * * *', 'write H, H/15, H(0-29)'],
    ['H() * * * *', 'write two values with one dash'],
    ['H(5) * * * *', 'write two values with one dash'],
    ['H(10-5) * * * *', 'runs backwards'],
    ['H(0-60) * * * *', '"60" is not a valid minute'],
    ['H(0-5)/10 * * * *', 'the step is wider than the range'],
    ['0 0 * * H(5-7)', 'goes past 6'],
    ['0 0 * * H#2', 'write H, H/15, H(0-29)']
  ],
  'a prefix without a zone or without a schedule': [
    ['TZ=Mars/Olympus 0 9 * * *', '"Mars/Olympus" is not a time zone'],
    ['TZ= 0 9 * * *', '"" is not a time zone'],
    ['TZ=+01:00 0 9 * * *', 'write one such as TZ=Europe/Berlin'],
    ['TZ=UTC', 'it has 1 field'],
    ['TZ=UTC TZ=UTC 0 9 * * *', '"TZ=UTC" is not a valid second'],
    ['TZ=UTC 2024-06-10', 'it has 1 field']
  ],
  'what never fires': [
    ['0 0 30 2 *', 'it never fires, because no month 2 has day 30'],
    ['0 0 31 2,4,6,9,11 *', 'it never fires'],
    ['0 0 30,31 2 *', 'it never fires'],
    ['0 0 31W 2 *', 'it never fires'],
    ['0 0 30 2 ?', 'it never fires'],
    ['0 0 30 2 */2', 'it never fires']
  ],
  'more than 256 characters': [
    ['0'.repeat(257), 'The schedule has 257 characters; write at most 256.'],
    [`${' '.repeat(250)}0 9 * * 1`, 'The schedule has 259 characters']
  ]
}

for (const [rule, lines] of Object.entries(rules)) {
  void test(`refused with a hint: ${rule}`, (t) => {
    for (const [expression, hint] of lines) {
      const error = refusal(expression)
      const label = JSON.stringify(expression.slice(0, 40))
      t.equal(error.code, 'validation_failed')
      t.equal(error.faults[0]?.pointer, '/schedule')
      t.equal(error.faults[0]?.detail, error.message)
      t.ok(error.message.includes(hint), `${label}: ${error.message}`)
      t.match(error.message, /^[A-Z].*\.$/, 'it is a sentence')
    }
    t.end()
  })
}

void test('a prefix that contradicts the timezone is refused there, naming both', (t) => {
  const error = refusal('TZ=Asia/Tokyo 0 9 * * *', 'Europe/Berlin')
  t.equal(error.faults[0]?.pointer, '/timezone')
  t.match(error.message, /Europe\/Berlin contradicts .*TZ=Asia\/Tokyo/)
  t.doesNotThrow(() => compileCron('TZ=Asia/Tokyo 0 9 * * *', { timezone: 'UTC' }))
  t.doesNotThrow(() => compileCron('TZ=Asia/Tokyo 0 9 * * *', { timezone: 'asia/tokyo' }))
  t.end()
})

void test('an unknown timezone is refused by name', (t) => {
  for (const name of ['Mars/Olympus', '', '+01:00', 'UTC+1', 'Z', ' UTC', 'x'.repeat(100_000)]) {
    t.throws(() => canonicalTimezone(name), {
      code: 'validation_failed',
      faults: [{ pointer: '/timezone' }]
    })
    t.equal(refusal('0 9 * * *', name).faults[0]?.pointer, '/timezone')
  }
  t.throws(() => canonicalTimezone('Mars/Olympus'), {
    message: /"Mars\/Olympus" is not a time zone/
  })
  t.end()
})

void test('a timezone is returned by its current IANA name', (t) => {
  const names = {
    utc: 'UTC',
    'Etc/UTC': 'UTC',
    GMT: 'UTC',
    'europe/berlin': 'Europe/Berlin',
    'US/Eastern': 'America/New_York',
    'Asia/Calcutta': 'Asia/Kolkata',
    'Asia/Kolkata': 'Asia/Kolkata',
    'Europe/Kiev': 'Europe/Kyiv',
    'Europe/Kyiv': 'Europe/Kyiv',
    'America/Godthab': 'America/Nuuk',
    'Etc/GMT+5': 'Etc/GMT+5'
  }
  for (const [given, expected] of Object.entries(names)) t.equal(canonicalTimezone(given), expected)
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const name = canonicalTimezone(zone)
    t.equal(canonicalTimezone(name), name, `${name} is a zone of its own`)
  }
  t.end()
})
