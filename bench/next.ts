/** What one `next()` costs, for our own schedules and for croner's: `node bench/next.ts`. */
import { Cron } from 'croner'
import { compileCron } from '../src/domain/cron/cron.ts'

const PATTERNS = { minutely: '* * * * *', daily: '0 0 * * *', 'weekdays 9:00': '0 9 * * 1-5' }
const ZONES = ['UTC', 'America/New_York']
const MIN_MS = 100

/** Nanoseconds per call of `next`, which is led from one occurrence to the one after. */
function nsPerCall(next: (after: number) => number): number {
  const start = Date.UTC(2026, 0, 1)
  const walk = (calls: number) => {
    let at = start
    // A few years at the most, as in real use, and then again.
    for (let i = 0; i < calls; i++) at = i % 1_000 === 0 ? next(start) : next(at)
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

const rows = ZONES.flatMap((timezone) =>
  Object.entries(PATTERNS).map(([pattern, expression]) => {
    const schedule = compileCron(expression, { timezone })
    const cron = new Cron(expression, { timezone, paused: true })
    const ours = nsPerCall((after) => schedule.next(after) ?? 0)
    const theirs = nsPerCall((after) => cron.nextRun(new Date(after))?.getTime() ?? 0)
    return {
      zone: timezone,
      pattern,
      'carillon ns': Math.round(ours),
      'croner ns': Math.round(theirs),
      ratio: Math.round(theirs / ours)
    }
  })
)
console.table(rows)
