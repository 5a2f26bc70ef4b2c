import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

/** The least that the tests must run of the code, in percent. */
const THRESHOLDS = { lines: 98, branches: 93, functions: 98 } as const
/** What measures the product is no part of it; tests run only pieces of that. */
const MEASURING = path.join(import.meta.dirname, '../bench/')

type Counts = Record<keyof typeof THRESHOLDS, { total: number; covered: number }>

const file = path.join(import.meta.dirname, '../.tap/report/coverage-summary.json')
const { total: _all, ...files } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Counts>
const product = Object.entries(files).filter(([name]) => !name.startsWith(MEASURING))

for (const [what, least] of Object.entries(THRESHOLDS) as [keyof typeof THRESHOLDS, number][]) {
  const sum = { total: 0, covered: 0 }
  for (const [, counts] of product) {
    sum.total += counts[what].total
    sum.covered += counts[what].covered
  }
  const percent = (sum.covered / sum.total) * 100
  process.stderr.write(`${what}: ${percent.toFixed(2)} % (at least ${least} %)\n`)
  // Nothing at all is too little, too.
  if (!(percent >= least)) process.exitCode = 1
}
