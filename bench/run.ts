/**
 * `npm run bench`, or some parts of it: `npm run bench throughput http`. What is measured is the product as
 * it is installed, so it is built before: run from its sources, it would hold the memory that Node takes
 * to strip types, too.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'

const STEPS: readonly (readonly string[])[] = [
  ['npm', 'run', '--silent', 'build:bench'],
  [process.execPath, 'bench/dist/bench/measure.js', ...process.argv.slice(2)],
  ['npm', 'run', '--silent', 'format', '--', 'bench/RESULTS.md']
]

for (const [program = '', ...parameters] of STEPS) {
  const { status } = spawnSync(program, parameters, {
    cwd: path.join(import.meta.dirname, '..'),
    stdio: 'inherit'
  })
  if (status !== 0) process.exit(status ?? 1)
}
