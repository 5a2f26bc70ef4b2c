import { test } from 'tap'
import { compileCron } from '../../../src/domain/cron/cron.ts'
import { type Block, blocksOf, occurrencesIn, offsetAt } from '../../helpers/cron-oracle.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FROM = Date.UTC(2020, 0, 1)
const UNTIL = Date.UTC(2040, 0, 1)

const PATTERNS = {
  daily: ['0 0 * * *', '30 0 * * *', '30 2 * * *', '15 1,3,23 * * *'],
  hourly: ['0 * * * *', '30 * * * *'],
  'quarter-hourly': ['*/15 * * * *', '5/15 0-4 * * *']
}

/** The instants at which the clock of a zone is changed, from the oracle, to the hour. */
function changesOf(zone: string): number[] {
  const changes: number[] = []
  let next = offsetAt(zone, FROM)
  for (let at = FROM; at < UNTIL; at += 7 * DAY) {
    const offset = next
    next = offsetAt(zone, at + 7 * DAY)
    if (next === offset) continue
    let [low, high] = [at, at + 7 * DAY]
    while (high - low > HOUR) {
      const middle = low + Math.floor((high - low) / HOUR / 2) * HOUR
      if (offsetAt(zone, middle) === offset) low = middle
      else high = middle
    }
    changes.push(high)
  }
  return changes
}

/** One zone for each distinct history of clock changes, with that history. */
function distinctZones(): Map<string, number[]> {
  const distinct = new Map<string, [zone: string, changes: number[]]>()
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const changes = changesOf(zone)
    distinct.set(`${offsetAt(zone, FROM)}:${changes.join()}`, [zone, changes])
  }
  return new Map(distinct.values())
}

const cache = new Map<string, Block[]>()

/** Worked out once for all patterns, because asking Intl is what takes the time. */
function blocksAround(zone: string, change: number): Block[] {
  const key = `${zone} ${change}`
  const blocks = cache.get(key) ?? blocksOf(zone, change - 57 * HOUR, change + 31 * HOUR)
  cache.set(key, blocks)
  return blocks
}

function walk(zone: string, change: number, expression: string): string | null {
  const [after, until] = [change - 30 * HOUR, change + 30 * HOUR]
  const blocks = blocksAround(zone, change)
  const expected = occurrencesIn(expression, blocks, { after, until })
  const schedule = compileCron(expression, { timezone: zone })
  const forward: number[] = []
  for (let at = schedule.next(after); at !== null && at <= until; at = schedule.next(at)) {
    forward.push(at)
  }
  const backward: number[] = []
  for (let at = schedule.previous(until + 1); at !== null && at > after;) {
    backward.unshift(at)
    at = schedule.previous(at)
  }
  const count = schedule.count(after, until)
  const agreed = [forward, backward].every((list) => String(list) === String(expected))
  if (agreed && count === expected.length) return null
  return `${zone} ${expression} around ${new Date(change).toISOString()}`
}

const zones = distinctZones()

for (const [kind, expressions] of Object.entries(PATTERNS)) {
  void test(`${kind} jobs agree with the oracle at every clock change from 2020 to 2040`, (t) => {
    let walked = 0
    const wrong: string[] = []
    for (const [zone, changes] of zones) {
      for (const change of changes) {
        walked += 1
        const faults = expressions.map((expression) => walk(zone, change, expression))
        wrong.push(...faults.filter((fault) => fault !== null))
      }
    }
    t.same(wrong.slice(0, 10), [])
    t.ok(walked > 1_000, `${walked} clock changes of ${zones.size} distinct zones`)
    t.end()
  })
}
