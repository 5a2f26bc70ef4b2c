import { test } from 'tap'
import { BitSet, NONE } from '../../../src/domain/cron/bit-set.ts'
import { firstDayOf, lengthOf, monthOf, weekdayOf } from '../../../src/domain/cron/civil.ts'
import { TimeOfDay } from '../../../src/domain/cron/time-of-day.ts'
import { Random } from '../../helpers/random.ts'

const DAY = 86_400_000

void test('the calendar agrees with Date from the year 1 to 9999', (t) => {
  const wrong: number[] = []
  const last = Date.UTC(9999, 11, 31) / DAY
  for (let day = -719_162; day <= last; day += 1 + Math.abs(day % 23)) {
    const date = new Date(day * DAY)
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
    const length = firstDayOf(month + 1) - firstDayOf(month)
    const agrees =
      monthOf(day) === month &&
      weekdayOf(day) === date.getUTCDay() &&
      day - firstDayOf(month) + 1 === date.getUTCDate() &&
      lengthOf(month) === length
    if (!agrees) wrong.push(day)
  }
  t.same(wrong, [])
  t.same(
    [2000, 2023, 2024, 2100].map((year) => lengthOf(year * 12 + 1)),
    [29, 28, 29, 28]
  )
  t.end()
})

function randomSubset(random: Random, size: number): number[] {
  const density = random.fraction()
  const chosen = Array.from({ length: size }, (_, n) => n).filter(() => random.fraction() < density)
  return chosen.length > 0 ? chosen : [random.integer(0, size - 1)]
}

void test('a bit set answers like a sorted list, at both ends and across its halves', (t) => {
  const random = new Random(1)
  const wrong: unknown[] = []
  for (let draw = 0; draw < 300; draw++) {
    const list = randomSubset(random, 60)
    const set = new BitSet(list)
    for (let n = 0; n <= 60; n++) {
      const agrees =
        set.atLeast(n) === (list.find((m) => m >= n) ?? NONE) &&
        set.atMost(n - 1) === (list.findLast((m) => m <= n - 1) ?? NONE) &&
        set.below(n) === list.filter((m) => m < n).length &&
        (n === 60 || set.has(n) === list.includes(n))
      if (!agrees) wrong.push([list, n])
    }
    if (set.size !== list.length || [...set].join() !== list.join()) wrong.push(list)
  }
  t.same(wrong, [])
  t.end()
})

void test('the times of a day agree with a list of all of them', (t) => {
  const random = new Random(2)
  const wrong: unknown[] = []
  for (let draw = 0; draw < 40; draw++) {
    const [hours, minutes, seconds] = [24, 60, 60].map((size) => randomSubset(random, size)) as [
      number[],
      number[],
      number[]
    ]
    const all = hours.flatMap((h) =>
      minutes.flatMap((m) => seconds.map((s) => (h * 60 + m) * 60 + s))
    )
    const times = new TimeOfDay(new BitSet(hours), new BitSet(minutes), new BitSet(seconds))
    if (times.size !== all.length || times.first !== all.at(0) || times.last !== all.at(-1)) {
      wrong.push([hours, minutes, seconds])
    }
    for (let i = 0; i < 30; i++) {
      const time = random.integer(0, 86_399)
      const agrees =
        times.atLeast(time) === (all.find((at) => at >= time) ?? NONE) &&
        times.atMost(time) === (all.findLast((at) => at <= time) ?? NONE) &&
        times.below(time) === all.filter((at) => at < time).length
      if (!agrees) wrong.push([hours, minutes, seconds, time])
    }
  }
  t.same(wrong, [])
  t.end()
})
