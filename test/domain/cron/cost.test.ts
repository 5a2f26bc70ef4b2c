import { test } from 'tap'
import { compileCron, parseCron } from '../../../src/domain/cron/cron.ts'

/** The best of several runs, in milliseconds, because other work on the machine only adds. */
function fastest(work: () => void, runs = 5): number {
  let best = Infinity
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

function refused(expression: string, timezone = 'UTC'): () => void {
  return () => {
    try {
      compileCron(expression, { timezone })
    } catch {
      return
    }
    throw new Error('it was accepted')
  }
}

void test('a megabyte and a list of 500,000 items are refused in under 5 ms', (t) => {
  const absurd = ['*'.repeat(1_000_000), `${'1,'.repeat(500_000)}1 * * * *`, ' '.repeat(1_000_000)]
  for (const expression of absurd) {
    t.ok(fastest(refused(expression)) < 5)
    t.throws(() => parseCron(expression), { message: /at most 256/ })
  }
  t.ok(fastest(refused('0 9 * * *', 'A'.repeat(1_000_000))) < 20)
  t.end()
})

void test('what never fires is recognised within a millisecond', (t) => {
  for (const expression of ['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 31W 2 *', '0 0 30 2 */2']) {
    t.ok(fastest(refused(expression, 'America/New_York')) <= 1, expression)
  }
  t.end()
})

void test('the longest expressions compile in a few milliseconds', (t) => {
  const lists = `${'0-59,'.repeat(40)}1 * * * *`
  const spread = `${'H,'.repeat(100)}1 * * * *`
  const ways = Array.from({ length: 5 }, (_, i) => `${lists}${' '.repeat(i)}`)
  t.ok(fastest(() => compileCron(ways.pop() ?? '', { timezone: 'UTC' })) < 5)
  const seeds = ['a', 'b', 'c', 'd', 'e']
  t.ok(fastest(() => compileCron(spread, { timezone: 'UTC', seed: seeds.pop() ?? '' })) < 5)
  t.end()
})

void test('an every-second job over ten years is counted in under 50 ms', (t) => {
  const schedule = compileCron('* * * * * *', { timezone: 'America/New_York' })
  const [from, until] = [Date.UTC(2026, 0, 1), Date.UTC(2036, 0, 1)]
  t.equal(schedule.count(from, until), (until - from) / 1000)
  t.ok(fastest(() => schedule.count(from, until)) < 50)
  t.end()
})

void test('next and previous cost the same for what is due at once and in forty years', (t) => {
  const often = compileCron('* * * * *', { timezone: 'America/New_York' })
  const seldom = compileCron('0 0 * 2 MON#5', { timezone: 'America/New_York' })
  const from = Date.UTC(2072, 2, 1)
  for (const schedule of [often, seldom]) {
    const ms = fastest(() => {
      for (let i = 0; i < 1_000; i++) {
        schedule.next(from + i * 60_000)
        schedule.previous(from + i * 60_000)
      }
    })
    t.ok(ms < 50, `${ms} µs for both`)
  }
  t.end()
})

void test('compiling again is free', (t) => {
  const first = compileCron('0 9 * * 1-5', { timezone: 'Europe/Paris' })
  t.equal(compileCron('0 9 * * 1-5', { timezone: 'Europe/Paris', seed: '7' }), first)
  t.not(compileCron('0 9 * * 1-5', { timezone: 'Europe/Berlin' }), first)
  t.end()
})
