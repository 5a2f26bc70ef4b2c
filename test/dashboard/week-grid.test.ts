import { test } from 'tap'
import { gridOf, weekOf } from '../../dashboard/src/screens/schedule/week-grid.ts'

const HOUR_MS = 3_600_000

/** A count of 1 in each hour of a week. */
function gridFrom(now: string, zone: string) {
  const week = weekOf(Date.parse(now), zone)
  const buckets = []
  for (let at = week.from; at < week.to; at += HOUR_MS) {
    buckets.push({ at: new Date(at).toISOString(), count: 1 })
  }
  return { week, grid: gridOf(buckets, week, zone) }
}

test('a week begins at midnight of the zone', (t) => {
  const cases = [
    ['2026-03-02T00:10:00Z', 'UTC', '2026-03-02T00:00:00.000Z', 'Mon 2'],
    ['2026-03-01T23:59:59.999Z', 'UTC', '2026-03-01T00:00:00.000Z', 'Sun 1'],
    ['2026-03-01T18:35:00Z', 'Asia/Kolkata', '2026-03-01T18:30:00.000Z', 'Mon 2'],
    ['2026-03-02T04:59:00Z', 'America/New_York', '2026-03-01T05:00:00.000Z', 'Sun 1'],
    // The clock is set forward at 2 in the morning of this day: it is 23 hours long.
    ['2026-03-29T20:00:00Z', 'Europe/Paris', '2026-03-28T23:00:00.000Z', 'Sun 29']
  ] as const
  for (const [now, zone, from, name] of cases) {
    const week = weekOf(Date.parse(now), zone)
    t.equal(new Date(week.from).toISOString(), from, `${now} ${zone}`)
    t.equal(week.days[0]?.name, name)
    t.equal(week.days.length, 7)
  }
  t.end()
})

test('each hour of seven days is counted once, where the clock shows it', (t) => {
  for (const zone of ['UTC', 'Asia/Kolkata', 'Europe/Paris', 'America/New_York']) {
    const { grid } = gridFrom('2026-06-03T12:00:00Z', zone)
    t.strictSame(new Set(grid.flat().map((hour) => hour?.count)), new Set([1]), zone)
    t.equal(grid.flat().length, 168)
  }
  t.end()
})

test('an hour that a day does not have is none, one that it has twice counts twice', (t) => {
  const spring = gridFrom('2026-03-27T12:00:00Z', 'Europe/Paris')
  t.equal(spring.grid[2]?.[2], null, 'Sunday, 2 in the morning')
  t.equal(spring.grid.flat().filter((hour) => hour === null).length, 1)
  t.match(spring.grid[23]?.[6], { name: 'Thu 2, 23:00', count: 1 })

  const autumn = gridFrom('2026-10-24T12:00:00Z', 'Europe/Paris')
  t.strictSame(autumn.grid[2]?.[1], {
    name: 'Sun 25, 02:00',
    from: Date.parse('2026-10-25T00:00:00Z'),
    to: Date.parse('2026-10-25T02:00:00Z'),
    count: 2
  })
  t.equal(autumn.grid[23]?.[6]?.count, 1)
  t.end()
})
