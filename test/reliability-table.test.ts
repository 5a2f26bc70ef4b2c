/** What docs/reliability.md says, held against the tests that it names. */
import { test } from 'tap'
import { readPage, tableRows } from './helpers/markdown.ts'
import { faultsOfTests } from './helpers/named-tests.ts'

const page = readPage('docs/reliability.md')

/** From the first to the last. */
const numbers = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index))

const PROMISES = numbers(1, 10).map((number) => `P${number}`)
/** 43 to 63 are about security: docs/security.md has them. */
const STORMS = [...numbers(1, 42), '64']

for (const [table, expected] of [
  ['promises', PROMISES],
  ['storms', STORMS]
] as const) {
  test(`of the table "${table}" every row is there, and every test that it names`, (t) => {
    const rows = tableRows(page, table)
    t.strictSame(
      rows.map(([what = '']) => what.split(' ')[0]),
      expected
    )
    for (const [what = '', held = '', tests = ''] of rows) {
      t.not(held, '', what)
      t.strictSame(faultsOfTests(tests), [], what)
    }
    t.end()
  })
}

test('every failure says what is seen and what to do', (t) => {
  const rows = tableRows(page, 'failures')
  t.ok(rows.length > 10)
  const [empty] = rows.filter((cells) => cells.includes(''))
  t.equal(empty, undefined)
  t.end()
})
