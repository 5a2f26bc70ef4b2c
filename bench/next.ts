import { Cron } from 'croner'
import { compileCron } from '../src/domain/cron/cron.ts'
import type { Line } from './report.ts'

const PATTERNS = { minutely: '* * * * *', daily: '0 0 * * *', 'weekdays 9:00': '0 9 * * 1-5' }
const ZONES = ['UTC', 'America/New_York']
const MIN_MS = 100

/** What one `next()` costs, and what it takes to see that a pattern never fires; beside croner. */
export async function next(): Promise<Line[]> {
  return [...occurrences(), neverFires()]
}

/** croner says of an impossible pattern only when asked for its next occurrence that there is none. */
function neverFires(): Line {
  const expression = '0 0 30 2 *'
  const ours = usPerCall(() => {
    try {
      compileCron(expression, { timezone: 'UTC' })
    } catch {
      // Refused, as it should be.
    }
  })
  const theirs = usPerCall(() => new Cron(expression, { timezone: 'UTC', paused: true }).nextRun())
  return {
    what: `refuse ${expression}`,
    ours: `${Math.round(ours)} µs`,
    limit: `${Math.round(theirs)} µs`,
    ratio: theirs / ours,
    aim: '≤ 1,000 µs'
  }
}

function usPerCall(work: () => unknown): number {
  work()
  const calls = 20
  const begin = performance.now()
  for (let i = 0; i < calls; i++) work()
  return ((performance.now() - begin) * 1_000) / calls
}

function occurrences(): Line[] {
  return ZONES.flatMap((timezone) =>
    Object.entries(PATTERNS).map(([pattern, expression]) => {
      const schedule = compileCron(expression, { timezone })
      const cron = new Cron(expression, { timezone, paused: true })
      const ours = nsPerCall((after) => schedule.next(after) ?? 0)
      const theirs = nsPerCall((after) => cron.nextRun(new Date(after))?.getTime() ?? 0)
      return {
        what: `${pattern}, ${timezone}`,
        ours: `${Math.round(ours)} ns`,
        limit: `${Math.round(theirs)} ns`,
        ratio: theirs / ours,
        aim: '≥ 20.00'
      }
    })
  )
}

/** Nanoseconds per call of `next`, which is led from one occurrence to the one after. */
function nsPerCall(nextAfter: (after: number) => number): number {
  const start = Date.UTC(2026, 0, 1)
  const walk = (calls: number) => {
    let at = start
    // A few years at the most, as in real use, and then again.
    for (let i = 0; i < calls; i++) at = i % 1_000 === 0 ? nextAfter(start) : nextAfter(at)
    return at
  }
  walk(1_000)
  let calls = 1_000
  for (;;) {
    const begin = performance.now()
    walk(calls)
    const elapsed = performance.now() - begin
    if (elapsed >= MIN_MS) return (elapsed * 1e6) / calls
    calls *= 2
  }
}
