/** The figures of docs/sizing.md, compared with those that the bench has kept. */
import { test } from 'tap'
import { readPage, tableRows } from './helpers/markdown.ts'

const sizing = readPage('docs/sizing.md')
const results = readPage('bench/RESULTS.md')

/** Every row of every part: what was measured, and our own figure. */
function measured(): Map<string, string> {
  const rows = results.text.split('\n').filter((line) => line.startsWith('| '))
  const cells = rows.map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(cells.map(([, what = '', ours = '']) => [what, ours]))
}

for (const name of ['disk', 'recurring', 'calls']) {
  void test(`the figures for sizing are those of the last bench: ${name}`, (t) => {
    const rows = tableRows(sizing, name)
    t.ok(rows.length > 0)
    for (const [what = '', figure] of rows) t.equal(figure, measured().get(what), what)
    t.end()
  })
}
