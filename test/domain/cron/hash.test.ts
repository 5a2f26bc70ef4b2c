import { test } from 'tap'
import { compileCron } from '../../../src/domain/cron/cron.ts'

/** The wall time in UTC of the first occurrence in 2026 for each of many jobs. */
function spread(expression: string, jobs = 600): Date[] {
  return Array.from({ length: jobs }, (_, id) => {
    const schedule = compileCron(expression, { timezone: 'UTC', seed: String(id) })
    return new Date(schedule.next(Date.UTC(2026, 0, 1) - 1) ?? NaN)
  })
}

function distinct(values: number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

void test('H is the same for the same job at every time, and in every process', (t) => {
  const at = (seed: string) =>
    new Date(compileCron('H H H H *', { timezone: 'UTC', seed }).next(0) ?? NaN).toISOString()
  // Written down, because a job must keep its time over restarts and releases.
  t.equal(at('1'), '1970-05-26T20:08:00.000Z')
  t.equal(at('2'), '1970-02-11T14:14:00.000Z')
  t.end()
})

void test('H reaches every value of its field, and spreads evenly', (t) => {
  const minutes = spread('H * * * *').map((at) => at.getUTCMinutes())
  t.equal(distinct(minutes).length, 60)
  const fullest = Math.max(...distinct(minutes).map((m) => minutes.filter((n) => n === m).length))
  t.ok(fullest <= 25, `10 jobs a minute on average, ${fullest} in the fullest`)
  t.equal(distinct(spread('H 0 * * * *').map((at) => at.getUTCSeconds())).length, 60)
  t.equal(distinct(spread('0 H * * *').map((at) => at.getUTCHours())).length, 24)
  t.equal(distinct(spread('0 0 1 H *').map((at) => at.getUTCMonth())).length, 12)
  t.equal(distinct(spread('0 0 * * H').map((at) => at.getUTCDay())).length, 7)
  t.end()
})

void test('the fields of one job are spread independently', (t) => {
  const times = spread('H H * * *').map((at) => at.getUTCHours() * 60 + at.getUTCMinutes())
  t.ok(distinct(times).length > 480, `${distinct(times).length} distinct times of 600 jobs`)
  t.end()
})

void test('H in day of month is 1 to 28, so that no month is left out', (t) => {
  const dates = distinct(spread('0 0 H * *').map((at) => at.getUTCDate()))
  t.same([dates.length, dates.at(0), dates.at(-1)], [28, 1, 28])
  for (let id = 0; id < 60; id++) {
    const schedule = compileCron('0 0 H * *', { timezone: 'UTC', seed: String(id) })
    t.equal(schedule.count(Date.UTC(2025, 11, 31, 12), Date.UTC(2026, 11, 31, 12)), 12)
  }
  t.end()
})

void test('H/15 is every 15 minutes from one of the first 15', (t) => {
  const starts = spread('H/15 * * * *').map((at) => at.getUTCMinutes())
  t.same(
    distinct(starts),
    Array.from({ length: 15 }, (_, minute) => minute)
  )
  const schedule = compileCron('H/15 * * * *', { timezone: 'UTC', seed: 'x' })
  t.equal(schedule.count(-1, 86_400_000 - 1), 96)
  t.end()
})

void test('H(a-b) stays in its range, with a step too', (t) => {
  const minutes = spread('H(10-19) * * * *').map((at) => at.getUTCMinutes())
  t.same(
    distinct(minutes),
    Array.from({ length: 10 }, (_, i) => 10 + i)
  )
  const stepped = spread('H(0-29)/10 * * * *').map((at) => at.getUTCMinutes())
  t.ok(stepped.every((minute) => minute < 10))
  const schedule = compileCron('H(0-29)/10 * * * *', { timezone: 'UTC', seed: 'x' })
  t.equal(schedule.count(-1, 86_400_000 - 1), 72)
  t.equal(distinct(spread('0 0 * * H(MON-FRI)').map((at) => at.getUTCDay())).join(), '1,2,3,4,5')
  t.end()
})

void test('H may stand in a list and in lower case', (t) => {
  const schedule = compileCron('h,30 4 * * *', { timezone: 'UTC', seed: '1' })
  t.ok(schedule.count(-1, 86_400_000 - 1) <= 2)
  t.end()
})
