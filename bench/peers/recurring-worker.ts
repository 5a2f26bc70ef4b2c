/**
 * Notes how late the runs of another scheduler start:
 * `node bench/peers/recurring-worker.js <peer> <url> <schedules> <from> <until>`, started by the bench.
 */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../report.ts'
import type { Recurred } from '../recurring-replica.ts'
import { bullMq } from './recurring-bullmq.ts'
import { croner } from './recurring-croner.ts'
import { graphileWorker } from './recurring-graphile-worker.ts'
import { nodeCron } from './recurring-node-cron.ts'
import type { RecurringPeer } from './recurring-peer.ts'
import { pgBoss } from './recurring-pg-boss.ts'

const GRACE_MS = 1_000
const [name = '', url = '', ...numbers] = process.argv.slice(2)
const [schedules = 0, from = 0, until = 0] = numbers.map(Number)
const peers: Readonly<Record<string, RecurringPeer>> = {
  croner,
  'node-cron': nodeCron,
  BullMQ: bullMq(url),
  'graphile-worker': graphileWorker(url),
  'pg-boss': pgBoss(url)
}
const late: number[] = []
const peer = peers[name]
if (peer === undefined) throw new Error(`There is no peer "${name}".`)
await peer.start(schedules, (dueAt) => {
  if (dueAt >= from && dueAt < until) late.push(Date.now() - dueAt)
})
if (Date.now() > from) throw new Error(`${name} took too long to take its schedules`)
await sleep(from - Date.now())
const before = process.cpuUsage()
await sleep(until - Date.now())
const { user, system } = process.cpuUsage(before)
await sleep(GRACE_MS)
await peer.stop?.()
const recurred: Recurred = {
  runs: late.length,
  p50: quantile(late, 0.5),
  p99: quantile(late, 0.99),
  max: quantile(late, 1),
  cpu: (user + system) / (until - from) / 10,
  memory: process.memoryUsage.rss() / 2 ** 20
}
// What it holds open would keep the process.
process.send?.(recurred, () => process.exit())
