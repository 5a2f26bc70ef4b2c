/**
 * A scheduler without its API that notes how late its runs start:
 * `node bench/recurring-replica.js <database> <from> <until>`, started by the bench. Instants are epoch
 * milliseconds; runs of occurrences from the one to before the other are measured.
 */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHost } from './host.ts'
import { quantile } from './report.ts'

/** What it says of itself at the end. */
export interface Recurred {
  /** Of the measured ones, started before the end. */
  runs: number
  /** Milliseconds. */
  p50: number
  p99: number
  max: number
  /** Percent of one core. */
  cpu: number
  /** Resident set, MiB. */
  memory: number
}

/** What starts later than this after the measured time is late by more than the aims. */
const GRACE_MS = 1_000
const MAX_RUNS = 200_000

const [database = '', ...instants] = process.argv.slice(2)
const [from = 0, until = 0] = instants.map(Number)
// Of a fixed size, so that it is no part of what grows.
const late = new Float64Array(MAX_RUNS)
let runs = 0
const host = await createHost({
  database,
  handler: ({ run }) => {
    if (run.scheduledFor < from || run.scheduledFor >= until) return
    late[runs] = Date.now() - run.scheduledFor
    runs++
  },
  maxConcurrentRuns: 1_000,
  routes: false
})
await host.scheduler.start()
await sleep(from - Date.now())
const before = process.cpuUsage()
await sleep(until - Date.now())
const { user, system } = process.cpuUsage(before)
await sleep(GRACE_MS)
const memory = process.memoryUsage.rss() / 2 ** 20
const values = [...late.subarray(0, runs)]
const cpu = (user + system) / (until - from) / 10
const [p50, p99, max] = [0.5, 0.99, 1].map((q) => quantile(values, q))
process.send?.({ runs, p50, p99, max, cpu, memory })
await host.close()
process.disconnect()
