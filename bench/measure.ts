/**
 * Measures us against the limits of the machine, in one run, and keeps what it found in bench/RESULTS.md:
 * started by bench/run.ts, with the names of parts, or with none for all. Absolute figures vary with the
 * machine; the ratios should not.
 */
import process from 'node:process'
import { databases } from './databases.ts'
import { disk } from './disk.ts'
import { growth } from './growth.ts'
import { http } from './http.ts'
import { httpTarget } from './http-target.ts'
import { idle } from './idle.ts'
import { lateness } from './lateness.ts'
import { next } from './next.ts'
import { otherPeers } from './other-peers.ts'
import { peers } from './peers.ts'
import { recurring } from './recurring.ts'
import { recurringPeers } from './recurring-peers.ts'
import { machine, table, type Line } from './report.ts'
import { keepResults } from './results.ts'
import { startUp } from './start-up.ts'
import { throughput } from './throughput.ts'

const PARTS: Readonly<Record<string, { title: string; measure: () => Promise<Line[]> }>> = {
  throughput: { title: 'Due → recorded as succeeded', measure: throughput },
  databases: { title: 'Due → recorded on each database', measure: databases },
  growth: { title: 'Growth of the table', measure: growth },
  disk: { title: 'On disk', measure: disk },
  peers: { title: 'Beside pg-boss', measure: peers },
  'other-peers': { title: 'Beside other schedulers', measure: otherPeers },
  lateness: { title: 'Lateness at 1,000 runs/s', measure: lateness },
  recurring: { title: 'Recurring runs of many schedules', measure: recurring },
  'recurring-peers': { title: 'Recurring runs beside others', measure: recurringPeers },
  idle: { title: 'With nothing due', measure: idle },
  'start-up': { title: 'Start of the service', measure: startUp },
  http: { title: 'Requests', measure: http },
  'http-target': { title: 'Jobs that call a URL', measure: httpTarget },
  next: { title: 'Next occurrence', measure: next }
}

// `--large` is for parts that have more to do with it.
const wanted = process.argv.slice(2).filter((name) => name !== '--large')
const unknown = wanted.find((name) => PARTS[name] === undefined)
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}.`)
  process.exit(2)
}

console.log(machine())
for (const [name, { title, measure }] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const lines = await measure()
  console.log(`\n${table(title, lines)}`)
  keepResults(title, lines)
}
