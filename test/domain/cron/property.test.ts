import { test } from 'tap'
import { compileCron } from '../../../src/domain/cron/cron.ts'
import { CarillonError } from '../../../src/domain/errors.ts'
import type { Schedule } from '../../../src/domain/schedule.ts'
import { type Dst, offsetAt, occurrences } from '../../helpers/cron-oracle.ts'
import { randomExpression } from '../../helpers/random-cron.ts'
import { Random } from '../../helpers/random.ts'

const HOUR = 3_600_000
const WINDOW = 48 * HOUR
const ZONES = Intl.supportedValuesOf('timeZone')

/** Replay a failure with CRON_SEED=<its seed>; draw more with CRON_DRAWS=20000. */
const SEED = Number(process.env['CRON_SEED'] ?? Date.now() % 1_000_000_000)
const DRAWS = Number(process.env['CRON_DRAWS'] ?? 2_000)

interface Draw {
  expression: string
  zone: string
  from: number
  dst: Dst
}

/** Half of the instants are within 30 hours of a clock change, if the zone has one that year. */
function instant(random: Random, zone: string): number {
  const at = random.integer(0, Date.UTC(2100, 0, 1))
  if (random.fraction() < 0.5) return at
  for (let month = 0; month < 12; month++) {
    const from = at + month * 30 * 24 * HOUR
    const change = changeBetween(zone, from, from + 30 * 24 * HOUR)
    if (change !== null) return change + random.integer(-30 * HOUR, 30 * HOUR)
  }
  return at
}

function changeBetween(zone: string, from: number, to: number): number | null {
  const offset = offsetAt(zone, from)
  if (offsetAt(zone, to) === offset) return null
  let [low, high] = [from, to]
  while (high - low > HOUR) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(zone, middle) === offset) low = middle
    else high = middle
  }
  return high
}

function draw(random: Random): Draw {
  const zone = random.pick(ZONES)
  const gap = random.fraction() < 0.8 ? 'shift' : 'skip'
  return {
    expression: randomExpression(random),
    zone,
    from: instant(random, zone),
    dst: { gap, overlap: random.fraction() < 0.8 ? 'first' : 'both' }
  }
}

function compile({ expression, zone, dst }: Draw): Schedule | null {
  try {
    return compileCron(expression, { timezone: zone, dst })
  } catch (error) {
    if (error instanceof CarillonError && /never fires/.test(error.message)) return null
    throw error
  }
}

/** The first promise that the schedule breaks, or null. */
function fault(schedule: Schedule, drawn: Draw, random: Random): string | null {
  const { expression, zone, from, dst } = drawn
  const next = schedule.next(from)
  if (next === null || next <= from) return `next(${from}) is ${next}`
  const until = Math.min(next, from + WINDOW)
  const between = occurrences(expression, zone, { after: from, until, dst })
  const expected = next <= until ? [next] : []
  if (String(between) !== String(expected))
    return `next is ${next}, the oracle says ${String(between)}`
  const [confirmed] = occurrences(expression, zone, { after: next - 1, until: next, dst })
  if (confirmed !== next) return `the oracle says that ${next} does not match`
  if (schedule.next(next - 1) !== next) return `next(${next} - 1) is ${schedule.next(next - 1)}`
  const somewhere = random.integer(from, next - 1)
  if (schedule.next(somewhere) !== next) return `next(${somewhere}) is not ${next}`
  return backwards(schedule, from, next) ?? earlier(schedule, drawn)
}

/** Walking back over what was walked forward gives the same instants and the same number. */
function backwards(schedule: Schedule, from: number, first: number): string | null {
  const forward = [first]
  for (let i = 0; i < 20; i++) forward.push(schedule.next(forward.at(-1) ?? 0) ?? NaN)
  const last = forward.at(-1) ?? 0
  const back: number[] = []
  for (let at: number | null = last + 1; back.length < forward.length;) {
    at = schedule.previous(at ?? NaN)
    back.unshift(at ?? NaN)
  }
  if (String(back) !== String(forward))
    return `forward ${String(forward)}, backward ${String(back)}`
  const count = schedule.count(from, last)
  return count === forward.length ? null : `count(${from}, ${last}) is ${count}, not 21`
}

function earlier(schedule: Schedule, { expression, zone, from, dst }: Draw): string | null {
  const before = occurrences(expression, zone, { after: from - WINDOW, until: from - 1, dst })
  const previous = schedule.previous(from) ?? NaN
  const expected = before.at(-1)
  if (expected === undefined ? previous > from - WINDOW : previous !== expected) {
    return `previous(${from}) is ${previous}, the oracle says ${expected}`
  }
  const count = schedule.count(from - WINDOW, from - 1)
  return count === before.length ? null : `count is ${count}, the oracle says ${before.length}`
}

void test('any expression in any zone at any time agrees with the oracle, both ways', (t) => {
  t.comment(`CRON_SEED=${SEED} CRON_DRAWS=${DRAWS}`)
  let fired = 0
  for (let i = 0; i < DRAWS; i++) {
    const random = new Random(SEED + i)
    const drawn = draw(random)
    const schedule = compile(drawn)
    if (schedule === null) continue
    fired += 1
    const broken = fault(schedule, drawn, random)
    if (broken === null) continue
    t.fail(`CRON_SEED=${SEED + i} CRON_DRAWS=1: ${broken}`, { drawn })
    break
  }
  t.ok(fired > DRAWS / 2 || DRAWS === 1, `${fired} of ${DRAWS} expressions fire`)
  t.end()
})
