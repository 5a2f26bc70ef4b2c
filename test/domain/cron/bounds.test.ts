import { test } from 'tap'
import { compileCron, parseCron } from '../../../src/domain/cron/cron.ts'

test('a megabyte, or a list of 500,000 items, is refused by its length', (t) => {
  const absurd = ['*'.repeat(1_000_000), `${'1,'.repeat(500_000)}1 * * * *`, ' '.repeat(1_000_000)]
  for (const expression of absurd) {
    t.throws(() => parseCron(expression), { message: /at most 256/ })
    t.throws(() => compileCron(expression, { timezone: 'UTC' }), {
      message: /at most 256/,
      faults: [{ pointer: '/schedule' }]
    })
  }
  t.throws(() => compileCron('0 9 * * *', { timezone: 'A'.repeat(1_000_000) }), {
    message: /time zone/,
    faults: [{ pointer: '/timezone' }]
  })
  t.end()
})

test('what never fires is recognised, however far the search would have to go', (t) => {
  for (const expression of ['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 31W 2 *', '0 0 30 2 */2']) {
    t.throws(() => compileCron(expression, { timezone: 'America/New_York' }), {
      message: /never fires/
    })
  }
  t.end()
})

test('the longest lists compile', (t) => {
  const minutes = compileCron(`${'0-59,'.repeat(40)}1 * * * *`, { timezone: 'UTC' })
  t.equal(minutes.next(0), 60_000)
  const spread = compileCron(`${'H,'.repeat(100)}1 * * * *`, { timezone: 'UTC', seed: 'a' })
  t.ok(spread.next(0) !== null)
  t.end()
})

test('an every-second job is counted exactly over ten years', (t) => {
  const schedule = compileCron('* * * * * *', { timezone: 'America/New_York' })
  const [from, until] = [Date.UTC(2026, 0, 1), Date.UTC(2036, 0, 1)]
  t.equal(schedule.count(from, until), (until - from) / 1_000)
  t.end()
})

test('compiling again gives what was compiled before', (t) => {
  const first = compileCron('0 9 * * 1-5', { timezone: 'Europe/Paris' })
  t.equal(compileCron('0 9 * * 1-5', { timezone: 'Europe/Paris', seed: '7' }), first)
  t.not(compileCron('0 9 * * 1-5', { timezone: 'Europe/Berlin' }), first)
  t.end()
})
