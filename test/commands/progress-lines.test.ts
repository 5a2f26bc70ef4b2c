import { test } from 'tap'
import { createProgressLines } from '../../commands/progress-lines.ts'

test('progress is told on a terminal, once a second at most', (t) => {
  const written: string[] = []
  let now = 0
  const lines = createProgressLines({ isTTY: true, write: (text) => written.push(text) }, () => now)
  for (now = 0; now <= 3_000; now += 400) lines.write(`at ${now}`)
  t.strictSame(written, ['carillon: at 1200\n', 'carillon: at 2400\n'])
  t.end()
})

test('where nobody looks, nothing is told', (t) => {
  let now = 0
  const lines = createProgressLines({ write: () => t.fail('written') }, () => now)
  now = 10_000
  lines.write('late')
  t.end()
})
