import { DATABASE_NAMES } from '../test/helpers/server-databases.ts'
import { besideEach, REDIS_URL, type MeasuredPeer } from './each-peer.ts'
import { TARGET } from './host.ts'
import { fillJobs } from './job-table.ts'
import { inOwnDatabase } from './own-database.ts'
import { programOf } from './places.ts'
import { runRecurring } from './recurring-run.ts'
import type { Line } from './report.ts'

const SCHEDULES = 1_000
/** Until all schedules are taken and the first occurrences are over. */
const START_MS = 20_000

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

interface Peer extends MeasuredPeer {
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
export function recurringPeers(): Promise<Line[]> {
  return besideEach(PEERS, compare)
}

async function compare({ name, kind, period }: Peer): Promise<Line[]> {
  const ours = await inOwnDatabase(kind, async (url) => {
    const { from, until } = spanOf(period)
    const input = { name: 'Measured', schedule: period.cron, target: TARGET }
    await fillJobs(url, SCHEDULES, () => ({ input, nextRunAt: from - period.warmUpMs }))
    return runRecurring(programOf('recurring-replica'), [url, String(from), String(until)])
  })
  const theirs = await inOwnDatabase(kind, (url) => {
    const { from, until } = spanOf(period)
    const place = name === 'BullMQ' ? REDIS_URL : url
    const numbers = [SCHEDULES, from, until].map(String)
    return runRecurring(programOf('peers/recurring-worker'), [name, place, ...numbers])
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
