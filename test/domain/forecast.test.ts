import { test } from 'tap'
import { compileCron } from '../../src/domain/cron/cron.ts'
import { CarillonError } from '../../src/domain/errors.ts'
import {
  createForecastTally,
  forecastWindow,
  type ForecastJob,
  type ForecastQuery
} from '../../src/domain/forecast.ts'
import { createInterval } from '../../src/domain/interval.ts'
import type { Schedule } from '../../src/domain/schedule.ts'
import { randomExpression } from '../helpers/random-cron.ts'
import { Random } from '../helpers/random.ts'

const NOW = Date.parse('2026-03-28T00:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The same by walking through every occurrence. */
function walked({ schedule, nextRunAt, runsLeft }: ForecastJob, from: number, bucketMs: number) {
  return (size: number): number[] => {
    const counts = Array.from({ length: size }, () => 0)
    let left = runsLeft
    let at = schedule.next(nextRunAt - 1)
    while (at !== null && at < from + size * bucketMs && left > 0) {
      const bucket = Math.floor((at - from) / bucketMs)
      if (at >= from) counts[bucket] = (counts[bucket] ?? 0) + 1
      left--
      at = schedule.next(at)
    }
    return counts
  }
}

/** Null for what never fires. */
function compiledOrNull(expression: string, timezone: string): Schedule | null {
  try {
    return compileCron(expression, { timezone })
  } catch (error) {
    if (error instanceof CarillonError) return null
    throw error
  }
}

void test('counting gives what walking gives', (t) => {
  const random = new Random(11)
  const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu']
  for (let round = 0; round < 400; round++) {
    const expression = randomExpression(random)
    const timezone = zones[round % zones.length] ?? 'UTC'
    const size = 1 + (round % 37)
    const bucketMs = [7 * MINUTE, HOUR, 5 * HOUR + 1][round % 3] ?? HOUR
    const schedule = compiledOrNull(expression, timezone)
    if (schedule === null) continue
    const job: ForecastJob = {
      schedule,
      nextRunAt: NOW + ([0, 1, 90 * MINUTE, -DAY][round % 4] ?? 0),
      runsLeft: [Infinity, 3, 100, 0][round % 4] ?? 0
    }
    if (job.schedule.count(NOW - DAY, NOW + size * bucketMs) > 20_000) continue
    const tally = createForecastTally({ from: NOW, to: NOW + size * bucketMs, bucketMs })
    tally.add(job)
    t.same(tally.counts, walked(job, NOW, bucketMs)(size), `${expression} ${timezone} ${round}`)
  }
  t.end()
})

void test('a bucket holds its first instant and not its end; the last may be shorter', (t) => {
  const schedule = createInterval(NOW, 30 * MINUTE)
  const tally = createForecastTally({ from: NOW, to: NOW + 90 * MINUTE, bucketMs: HOUR })
  tally.add({ schedule, nextRunAt: NOW, runsLeft: Infinity })
  t.same(tally.counts, [2, 1])
  t.end()
})

void test('runs before the stretch use up those that are left', (t) => {
  const schedule = createInterval(NOW, HOUR)
  const job = { schedule, nextRunAt: NOW + HOUR, runsLeft: 5 }
  const tally = createForecastTally({ from: NOW + 4 * HOUR, to: NOW + 10 * HOUR, bucketMs: HOUR })
  tally.add(job)
  t.same(tally.counts, [1, 1, 0, 0, 0, 0])
  t.end()
})

void test('jobs add up, and a rare one costs few calls', (t) => {
  let calls = 0
  const weekly = createInterval(NOW, 7 * DAY)
  const counted: Schedule = {
    ...weekly,
    count: (after, until) => {
      calls++
      return weekly.count(after, until)
    }
  }
  const tally = createForecastTally({ from: NOW, to: NOW + 200 * HOUR, bucketMs: HOUR })
  tally.add({ schedule: counted, nextRunAt: NOW, runsLeft: Infinity })
  tally.add({ schedule: counted, nextRunAt: NOW, runsLeft: Infinity })
  t.equal(tally.counts[0], 2)
  t.equal(tally.counts[168], 2)
  t.equal(
    tally.counts.reduce((sum, count) => sum + count, 0),
    4
  )
  t.ok(calls <= 60, `${calls} calls`)
  t.end()
})

const iso = (at: number): string => new Date(at).toISOString()

const windows: [promise: string, query: ForecastQuery, hours: number, bucketMs: number][] = [
  ['nothing given: a day by hours', {}, 24, HOUR],
  ['a bucket alone: 24 of them', { bucket: '15m' }, 6, 15 * MINUTE],
  ['a wide bucket alone: 31 days at the most', { bucket: '7d' }, 31 * 24, 7 * DAY],
  ['an hour: by 5 minutes', { to: iso(NOW + HOUR) }, 1, 5 * MINUTE],
  ['a week: by 6 hours', { to: iso(NOW + 7 * DAY) }, 168, 6 * HOUR],
  ['31 days: by days', { to: iso(NOW + 31 * DAY) }, 744, DAY],
  ['200 buckets', { to: iso(NOW + 200 * HOUR), bucket: '1h' }, 200, HOUR]
]

for (const [promise, query, hours, bucketMs] of windows) {
  void test(`the stretch of a forecast: ${promise}`, (t) => {
    t.same(forecastWindow(query, NOW), { from: NOW, to: NOW + hours * HOUR, bucketMs })
    t.end()
  })
}

const refused: [query: ForecastQuery, field: string, hint: string][] = [
  [{ bucket: '0' }, 'bucket', 'from "1s" to "31d"'],
  [{ bucket: '0s' }, 'bucket', 'from "1s" to "31d"'],
  [{ bucket: '999ms' }, 'bucket', 'from "1s" to "31d"'],
  [{ bucket: '32d' }, 'bucket', 'from "1s" to "31d"'],
  [{ bucket: '1e9' }, 'bucket', 'such as "1h"'],
  [{ bucket: '-1h' }, 'bucket', 'such as "1h"'],
  [
    { bucket: '1s', to: iso(NOW + DAY) },
    'bucket',
    'makes 86400 buckets, but there may be 200; give "7m12s"'
  ],
  [{ bucket: '1h', to: iso(NOW + 200 * HOUR + 1) }, 'bucket', 'makes 201 buckets'],
  [{ from: 'garbage' }, 'from', 'RFC 3339'],
  [{ from: '2026-01-01T00:00:00' }, 'from', 'with an offset'],
  [{ to: 'x'.repeat(1_000_000) }, 'to', 'RFC 3339'],
  [{ to: iso(NOW) }, 'to', 'is not after 2026-03-28T00:00:00.000Z'],
  [{ to: iso(NOW + 31 * DAY + 1) }, 'to', 'give 2026-04-28T00:00:00.000Z or earlier']
]

for (const [query, field, hint] of refused) {
  void test(`refused with field and fix: ${JSON.stringify(query).slice(0, 60)}`, (t) => {
    try {
      forecastWindow(query, NOW)
      t.fail('it was accepted')
    } catch (error) {
      t.ok(error instanceof CarillonError)
      const { message, faults } = error as CarillonError
      t.match(faults, [{ in: 'query', pointer: `/${field}`, detail: message }])
      t.ok(message.includes(hint), message)
      t.ok(message.length < 300)
    }
    t.end()
  })
}
