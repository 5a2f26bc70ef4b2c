import process from 'node:process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { DATABASE_NAMES, skipReasons, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { messageOf } from '../src/domain/errors.ts'
import { TARGET } from './host.ts'
import { fillJobs } from './job-table.ts'
import { inOwnDatabase, skipped } from './own-database.ts'
import { reasonWithoutPeers } from './peers/install.ts'
import { programOf } from './places.ts'
import type { Line } from './report.ts'
import type { Recurred } from './recurring-replica.ts'

const SCHEDULES = 1_000
/** Until all schedules are taken and the first occurrences are over. */
const START_MS = 20_000
const REDIS_URL = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'

interface Period {
  name: string
  ms: number
  cron: string
  /** Before what is measured. */
  warmUpMs: number
  measuredMs: number
}

const SECOND: Period = {
  name: 'second',
  ms: 1_000,
  cron: '* * * * * *',
  warmUpMs: 3_000,
  measuredMs: 20_000
}
/** One occurrence of each, with nearly as long until it has started. */
const MINUTE: Period = {
  name: 'minute',
  ms: 60_000,
  cron: '* * * * *',
  warmUpMs: 0,
  measuredMs: 55_000
}

interface Peer {
  name: string
  /** The database of ours. */
  kind: DatabaseKind
  period: Period
}

const PEERS: readonly Peer[] = [
  { name: 'croner', kind: 'sqlite', period: SECOND },
  { name: 'node-cron', kind: 'sqlite', period: SECOND },
  { name: 'BullMQ', kind: 'sqlite', period: SECOND },
  { name: 'graphile-worker', kind: 'postgres', period: MINUTE },
  { name: 'pg-boss', kind: 'postgres', period: MINUTE }
]

/** The same recurring schedules by others, each as often as the other allows. */
export async function recurringPeers(): Promise<Line[]> {
  const reason = await reasonWithoutPeers()
  if (reason !== false) return [skipped('others', reason)]
  const lines: Line[] = []
  for (const peer of PEERS) {
    const absent = skipReasons[peer.kind]
    const failed = (error: unknown) => [skipped(peer.name, messageOf(error))]
    if (absent === false) lines.push(...(await compare(peer).catch(failed)))
    else lines.push(skipped(peer.name, absent))
  }
  return lines
}

async function compare({ name, kind, period }: Peer): Promise<Line[]> {
  const ours = await inOwnDatabase(kind, async (url) => {
    const { from, until } = spanOf(period)
    const input = { name: 'Measured', schedule: period.cron, target: TARGET }
    await fillJobs(url, SCHEDULES, () => ({ input, nextRunAt: from - period.warmUpMs }))
    return measure(programOf('recurring-replica'), [url, String(from), String(until)])
  })
  const theirs = await inOwnDatabase(kind, (url) => {
    const { from, until } = spanOf(period)
    const place = name === 'BullMQ' ? REDIS_URL : url
    const numbers = [SCHEDULES, from, until].map(String)
    return measure(programOf('peers/recurring-worker'), [name, place, ...numbers])
  })
  const what = `${SCHEDULES.toLocaleString('en')} schedules a ${period.name}, ${DATABASE_NAMES[kind]} beside ${name}`
  const late = (text: string, key: 'p50' | 'p99' | 'max'): Line => ({
    what: `${what}: ${text}`,
    ours: `${ours[key]} ms`,
    limit: `${theirs[key]} ms`
  })
  const wanted = SCHEDULES * Math.ceil(period.measuredMs / period.ms)
  const runs = [ours, theirs].map((one) => `${((one.runs / wanted) * 100).toFixed(1)} %`)
  return [
    ...(period === SECOND
      ? [late('p50', 'p50'), late('p99', 'p99')]
      : [late('until all have started', 'max')]),
    { what: `${what}: runs reached`, ours: runs[0] ?? '', limit: runs[1] ?? '' }
  ]
}

/** From a full period on, in epoch milliseconds. */
function spanOf({ ms, measuredMs }: Period): { from: number; until: number } {
  const from = Math.ceil((Date.now() + START_MS) / ms) * ms
  return { from, until: from + measuredMs }
}

async function measure(program: string, parameters: readonly string[]): Promise<Recurred> {
  const child = fork(program, parameters)
  const ended = once(child, 'exit')
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Recurred | number]
  await ended
  if (typeof message === 'number') throw new Error(`${program} ended with ${message}.`)
  return message
}
