import { test } from 'tap'
import { createInterval, createOneShot, startingAt } from '../../src/domain/interval.ts'
import type { Schedule } from '../../src/domain/schedule.ts'
import { Random } from '../helpers/random.ts'

const at = (time: string): number => Date.parse(`2026-03-04T${time}Z`)
const HOUR = 3_600_000

test('an interval is a grid on its anchor, and starts with it', (t) => {
  const hourly = createInterval(at('09:00:00'), HOUR)
  const cases: readonly [of: string, next: string, previous: string | null][] = [
    ['00:00:00', '09:00:00', null],
    ['08:59:59.999', '09:00:00', null],
    ['09:00:00', '10:00:00', null],
    ['09:00:00.001', '10:00:00', '09:00:00'],
    ['10:00:00', '11:00:00', '09:00:00'],
    ['10:30:00', '11:00:00', '10:00:00']
  ]
  for (const [of, next, previous] of cases) {
    t.equal(hourly.next(at(of)), at(next), `after ${of}`)
    t.equal(hourly.previous(at(of)), previous === null ? null : at(previous), `before ${of}`)
  }
  t.equal(hourly.count(at('00:00:00'), at('12:00:00')), 4)
  t.equal(hourly.count(at('09:00:00'), at('12:00:00')), 3, 'the first end is not in it')
  t.equal(hourly.count(at('09:00:00'), at('09:59:59.999')), 0)
  t.end()
})

test('an interval does not drift in a thousand years', (t) => {
  const anchor = at('09:00:00')
  const daily = createInterval(anchor, 24 * HOUR)
  const far = anchor + 365_250 * 24 * HOUR
  t.equal(daily.next(far - 1), far)
  t.equal(daily.next(far), far + 24 * HOUR)
  t.equal(daily.count(anchor, far), 365_250)
  t.end()
})

test('a one-shot occurs once', (t) => {
  const once = createOneShot(1_000)
  t.strictSame([once.next(999), once.next(1_000), once.next(1_001)], [1_000, null, null])
  t.strictSame(
    [once.previous(999), once.previous(1_000), once.previous(1_001)],
    [null, null, 1_000]
  )
  t.strictSame([once.count(999, 1_000), once.count(1_000, 2_000), once.count(0, 999)], [1, 0, 0])
  t.end()
})

test('a start cuts off what lies before it, and is itself still in', (t) => {
  const hourly = startingAt(createInterval(at('00:00:00'), HOUR), at('09:00:00'))
  t.equal(hourly.next(at('03:30:00')), at('09:00:00'))
  t.equal(hourly.next(at('09:00:00')), at('10:00:00'))
  t.equal(hourly.previous(at('10:00:00')), at('09:00:00'))
  t.equal(hourly.previous(at('09:00:00')), null)
  t.equal(hourly.count(at('03:00:00'), at('10:00:00')), 2)
  t.equal(hourly.count(at('03:00:00'), at('08:59:59')), 0)
  t.end()
})

function randomSchedule(random: Random): Schedule {
  const anchor = random.integer(-50_000, 50_000)
  const kind = random.integer(0, 2)
  if (kind === 0) return createOneShot(anchor)
  const grid = createInterval(anchor, random.integer(1, 9_999))
  return kind === 1 ? grid : startingAt(grid, anchor + random.integer(-50_000, 50_000))
}

test('next, previous and count agree with each other, for random schedules', (t) => {
  const random = new Random(1)
  for (let round = 0; round < 5_000; round++) {
    const schedule = randomSchedule(random)
    const from = random.integer(-100_000, 100_000)
    const until = from + random.integer(0, 40_000)
    const label = `round ${round}: (${from}, ${until}]`
    const forwards: number[] = []
    for (let one = schedule.next(from); one !== null && one <= until; one = schedule.next(one)) {
      if (one <= (forwards.at(-1) ?? from)) {
        t.fail(`${label}: next is not strictly later`)
        break
      }
      forwards.push(one)
    }
    const backwards: number[] = []
    for (let one = schedule.previous(until + 1); one !== null && one > from;) {
      backwards.unshift(one)
      const earlier = schedule.previous(one)
      if (earlier !== null && earlier >= one) t.fail(`${label}: previous is not strictly earlier`)
      one = earlier !== null && earlier >= one ? null : earlier
    }
    const counted = schedule.count(from, until)
    if (counted !== forwards.length || String(forwards) !== String(backwards)) {
      t.strictSame({ backwards, counted }, { backwards: forwards, counted: forwards.length }, label)
    }
  }
  t.end()
})
