import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

/** The least that the tests must run of the code, in percent. */
const THRESHOLDS = { lines: 98, branches: 93, functions: 98 } as const

interface Summary {
  total: Record<keyof typeof THRESHOLDS, { pct: number }>
}

const file = path.join(import.meta.dirname, '../.tap/report/coverage-summary.json')
const { total } = JSON.parse(readFileSync(file, 'utf8')) as Summary

for (const [what, least] of Object.entries(THRESHOLDS) as [keyof typeof THRESHOLDS, number][]) {
  const { pct } = total[what]
  process.stderr.write(`${what}: ${pct} % (at least ${least} %)\n`)
  if (pct < least) process.exitCode = 1
}
