import { setTimeout as sleep } from 'node:timers/promises'
import { administer, DATABASE_NAMES, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { dueNextYear, fillJobs } from './job-table.ts'
import { inOwnDatabase, onEachDatabase } from './own-database.ts'
import type { Line } from './report.ts'
import { startService } from './server-process.ts'

const JOBS = 100_000
/** Until what comes with a start is over. */
const SETTLE_MS = 5_000
const MEASURED_MS = 20_000

/** What the service takes while nothing is due, with many jobs stored and with none. */
export function idle(): Promise<Line[]> {
  return onEachDatabase(async (kind) => {
    const many = await measure(kind, JOBS)
    const none = await measure(kind, 0)
    return toLines(kind, many, none)
  })
}

interface Idle {
  /** Share of one core, in percent. */
  cpu: number
  /** Transactions a second, as PostgreSQL counts them for each database. */
  transactions: number | null
}

function measure(kind: DatabaseKind, jobs: number): Promise<Idle> {
  return inOwnDatabase(kind, async (url) => {
    await fillJobs(url, jobs, dueNextYear())
    const service = await startService(url)
    try {
      await sleep(SETTLE_MS)
      const begin = { at: performance.now(), cpu: service.cpuSeconds(), done: await commits(url) }
      await sleep(MEASURED_MS)
      const seconds = (performance.now() - begin.at) / 1_000
      const cpu = ((service.cpuSeconds() - begin.cpu) / seconds) * 100
      const done = await commits(url)
      const transactions =
        done === null || begin.done === null ? null : (done - begin.done) / seconds
      return { cpu, transactions }
    } finally {
      await service.stop()
    }
  })
}

async function commits(url: string): Promise<number | null> {
  if (!url.startsWith('postgres')) return null
  const name = new URL(url).pathname.slice(1)
  const [row] = await administer(
    'postgres',
    `select xact_commit + xact_rollback as count from pg_stat_database where datname = '${name}'`
  )
  return Number(Object(row).count)
}

function toLines(kind: DatabaseKind, many: Idle, none: Idle): Line[] {
  const what = `${DATABASE_NAMES[kind]}, ${JOBS.toLocaleString('en')} jobs and none`
  const cpu: Line = {
    what: `${what}: of one core`,
    ours: `${many.cpu.toFixed(2)} %`,
    limit: `${none.cpu.toFixed(2)} %`,
    aim: '≤ 0.5 %'
  }
  if (many.transactions === null || none.transactions === null) return [cpu]
  return [
    cpu,
    {
      what: `${what}: transactions`,
      ours: perTenth(many.transactions),
      limit: perTenth(none.transactions),
      ratio: many.transactions / none.transactions,
      aim: '≤ 1.30'
    }
  ]
}

function perTenth(rate: number): string {
  return `${rate.toFixed(1)}/s`
}
