import { test } from 'tap'
import { describeCron } from '../../../src/domain/cron/cron.ts'
import { randomExpression } from '../../helpers/random-cron.ts'
import { Random } from '../../helpers/random.ts'

/** Each expression, and its sentence without the zone. */
const sentences: Record<string, string> = {
  '0 9 * * 1': 'At 09:00 every Monday',
  '0 9 * * *': 'At 09:00 every day',
  '*/5 * * * *': 'Every 5 minutes',
  '* * * * *': 'Every minute',
  '0 * * * *': 'Every hour on the hour',
  '30 * * * *': 'Every hour at minute 30',
  '@hourly': 'Every hour on the hour',
  '@daily': 'At 00:00 every day',
  '@weekly': 'At 00:00 every Sunday',
  '@monthly': 'At 00:00 on the 1st of every month',
  '@yearly': 'At 00:00 on the 1st of January',
  '0 9 * * 1-5': 'At 09:00 from Monday to Friday',
  '*/15 9-17 * * 1-5': 'Every 15 minutes from 09:00 to 17:45, from Monday to Friday',
  '0 9-17 * * MON-FRI': 'Every hour from 09:00 to 17:00, from Monday to Friday',
  '0 */2 * * *': 'Every 2 hours, first at 00:00',
  '0 1/2 * * *': 'Every 2 hours, first at 01:00',
  '15 1/3 * * *': 'At 01:15, 04:15, 07:15, 10:15, 13:15, 16:15, 19:15 and 22:15 every day',
  '*/7 * * * *': 'At minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour',
  '7/15 * * * *': 'Every 15 minutes, from minute 7 of the hour on',
  '0 0,12 * * *': 'At 00:00 and 12:00 every day',
  '0,30 9 * * *': 'At 09:00 and 09:30 every day',
  '0 0 13 * FRI': 'At 00:00 on the 13th of the month and also every Friday',
  '0 0 */2 * MON':
    'At 00:00 every Monday, but only on every 2nd day from the 1st to the 31st of the month',
  '0 0 */2 * *': 'At 00:00 on every 2nd day from the 1st to the 31st of every month',
  '0 0 1,15 * *': 'At 00:00 on the 1st and 15th of every month',
  '0 0 L * *': 'At 00:00 on the last day of every month',
  '0 0 LW * *': 'At 00:00 on the last working day (Monday to Friday) of every month',
  '0 0 15W * *': 'At 00:00 on the working day nearest to the 15th of every month',
  '0 0 * * 5L': 'At 00:00 on the last Friday of the month',
  '0 0 * * 1#1,3#2':
    'At 00:00 on the 1st Monday of the month and on the 2nd Wednesday of the month',
  '0 0 * * 6,0': 'At 00:00 every Saturday and Sunday',
  '0 0 1 1,7 *': 'At 00:00 on the 1st of January and July',
  '0 0 * 6-8 *': 'At 00:00 every day from June to August',
  '*/5 * * 6-8 *': 'Every 5 minutes, every day from June to August',
  '* * * * * *': 'Every second',
  '*/10 * * * * *': 'Every 10 seconds',
  '*/10 30 9 * * *': 'Every 10 seconds of the minute 09:30',
  '30 0 9 * * *': 'At 09:00:30 every day',
  '5 * * * * *': 'Every minute, at second 5',
  '5,10 * * * * *': 'At seconds 5 and 10 of every minute',
  '* */2 * * *': 'Every minute, in every 2nd hour from 00:00 on',
  '*/5 9 * * *': 'Every 5 minutes from 09:00 to 09:55',
  '*/5 9,12 * * *': 'Every 5 minutes, in the hours 9 and 12',
  '5,10,20 * * * *': 'At minutes 5, 10 and 20 of every hour',
  '5,10,20 9-17 * * *': 'At minutes 5, 10 and 20 of the hours 9 to 17',
  '0 0 1-7 * *': 'At 00:00 on the 1st to 7th of every month',
  '0 0 1-7 * 1': 'At 00:00 on the 1st to 7th of the month and also every Monday',
  '0 0 1 * 1L': 'At 00:00 on the 1st of the month and also on the last Monday of the month',
  '0 9,10,11 * * *': 'At 09:00, 10:00 and 11:00 every day',
  '0 9,11,13,15,17,19,21 * * *': 'At 09:00, 11:00, 13:00, 15:00, 17:00, 19:00 and 21:00 every day',
  '* 9-17 * * *': 'Every minute from 09:00 to 17:59',
  '0 0 29 2 *': 'At 00:00 on the 29th of February',
  '0 0 ? * 2,4': 'At 00:00 every Tuesday and Thursday',
  '15,45 8-10 * * *': 'At 08:15, 08:45, 09:15, 09:45, 10:15 and 10:45 every day',
  '* 0 9 * * *': 'Every second of the minute 09:00',
  '*/30 * * * *': 'Every 30 minutes',
  '0 0 * * 1-6': 'At 00:00 from Monday to Saturday',
  '0 0 1 */3 *': 'At 00:00 on the 1st of January, April, July and October',
  '* 9-17 * * * *': 'Every second, in minutes 9 to 17 of every hour',
  '5,10 0 9 * * *': 'At 09:00:05 and 09:00:10 every day',
  '0 0 31W,L * *':
    'At 00:00 on the working day nearest to the 31st and the last day of every month',
  '0 0 1-7 */2 1':
    'At 00:00 on the 1st to 7th of the month and also every Monday in January, March, May, July, September and November',
  '*/15 1-5,7 * * *': 'Every 15 minutes, in the hours 1, 2, 3, 4, 5 and 7',
  '*/20 */5 9 * * *':
    'Every 20 seconds, in minutes 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50 and 55 of hour 9',
  '0 0 1,2,3,5,8,13 * *': 'At 00:00 on the 1st, 2nd, 3rd, 5th, 8th and 13th of every month',
  '*/10 * 5 * * *': 'Every 10 seconds, in hour 5',
  '5 */15 * * * *': 'Every 15 minutes, at second 5',
  '3,9 1-40 * * * *': 'At seconds 3 and 9, in minutes 1 to 40 of every hour',
  '0 0 * * 1#1,1L': 'At 00:00 on the 1st and last Monday of the month'
}

void test('an expression is told in words that need no cron', (t) => {
  for (const [expression, sentence] of Object.entries(sentences)) {
    t.equal(describeCron(expression, { timezone: 'UTC' }), `${sentence}, UTC.`, expression)
  }
  t.end()
})

void test('the sentence always names the zone, a prefix included', (t) => {
  const berlin = 'At 09:00 every Monday, Europe/Berlin time.'
  t.equal(describeCron('0 9 * * 1', { timezone: 'europe/berlin' }), berlin)
  t.equal(describeCron('TZ=Europe/Berlin 0 9 * * 1', { timezone: 'UTC' }), berlin)
  t.end()
})

void test('an interval has no zone', (t) => {
  const every = (text: string) => describeCron(`@every ${text}`, { timezone: 'UTC' })
  t.equal(every('5m'), 'Every 5 minutes.')
  t.equal(every('1h'), 'Every hour.')
  t.equal(every('1h30m'), 'Every 1 hour and 30 minutes.')
  t.equal(every('7d'), 'Every 7 days.')
  t.end()
})

void test('H is told with the time it stands for', (t) => {
  t.equal(describeCron('H H * * *', { timezone: 'UTC', seed: '1' }), 'At 20:08 every day, UTC.')
  t.throws(() => describeCron('H H * * *', { timezone: 'UTC' }), { code: 'validation_failed' })
  t.end()
})

void test('every expression has a sentence', (t) => {
  const random = new Random(3)
  const odd: string[] = []
  for (let i = 0; i < 2_000; i++) {
    const expression = randomExpression(random)
    const sentence = describeCron(expression, { timezone: 'UTC' })
    if (!/^[A-Z](?!.*(?: {2}|undefined|NaN| ,|-1)).*, UTC\.$/.test(sentence)) odd.push(sentence)
  }
  t.same(odd, [])
  t.end()
})
