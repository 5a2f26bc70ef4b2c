/**
 * Measures us against the limits of the machine, in one run: `npm run bench`, or some parts of it:
 * `npm run bench throughput http`. Absolute figures vary with the machine; the ratios should not.
 */
import process from 'node:process'
import { databases } from './databases.ts'
import { growth } from './growth.ts'
import { http } from './http.ts'
import { lateness } from './lateness.ts'
import { next } from './next.ts'
import { peers } from './peers.ts'
import { machine, table, type Line } from './report.ts'
import { startUp } from './start-up.ts'
import { throughput } from './throughput.ts'

const PARTS: Readonly<Record<string, { title: string; measure: () => Promise<Line[]> }>> = {
  throughput: { title: 'Due → recorded as succeeded', measure: throughput },
  databases: { title: 'Due → recorded on each database', measure: databases },
  growth: { title: 'Growth of the table', measure: growth },
  peers: { title: 'Beside others on PostgreSQL', measure: peers },
  lateness: { title: 'Lateness at 1,000 runs/s', measure: lateness },
  'start-up': { title: 'Start of the service', measure: startUp },
  http: { title: 'Requests', measure: http },
  next: { title: 'Next occurrence', measure: next }
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => PARTS[name] === undefined)
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}.`)
  process.exit(2)
}

console.log(machine())
for (const [name, { title, measure }] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${table(title, await measure())}`)
}
