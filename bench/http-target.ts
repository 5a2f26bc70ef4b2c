import process from 'node:process'
import { createHost } from './host.ts'
import { BODY, callAll, callAndRecord } from './http-calls.ts'
import { createJobFile } from './job-file.ts'
import type { StoredJob } from './job-table.ts'
import { verifyLedger } from './ledger.ts'
import { median, perSecond, type Line } from './report.ts'
import { startServer } from './server-process.ts'
import { inTempFolder } from './temp-folder.ts'
import { untilSucceeded } from './throughput.ts'

const JOBS = 2_000
const CONCURRENCY = 100
const ROUNDS = 5

/**
 * Jobs due at once that call a URL, each recorded, against bare calls by undici; and against these with
 * the rows of our ledger written by the driver alone, which is what no scheduler can do without.
 */
export async function httpTarget(): Promise<Line[]> {
  const receiver = await startServer(['bench/receiver.js'])
  const { origin } = receiver
  try {
    const ours: Calls[] = []
    const alone: Calls[] = []
    const recorded: Calls[] = []
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await inJobFile(origin, runAll))
      alone.push(await timed(() => callAll(origin, JOBS, CONCURRENCY)))
      recorded.push(
        await inJobFile(origin, (file) => timed(() => callAndRecord(origin, file, CONCURRENCY)))
      )
    }
    const what = `POST, ${CONCURRENCY} at a time, beside undici`
    return [
      ...toLines(`${what} alone`, { ours, limit: alone }, '≥ 0.85'),
      ...toLines(`${what} and bare writes of the same rows`, { ours, limit: recorded })
    ]
  } finally {
    await receiver.stop()
  }
}

interface Calls {
  /** Calls a second. */
  rate: number
  /** Processor time of this process for one, in microseconds. */
  cpu: number
}

async function timed(work: () => Promise<unknown>): Promise<Calls> {
  const begin = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { rate: (JOBS * 1_000) / (performance.now() - begin), cpu: (user + system) / JOBS }
}

/** With a file of jobs that are due. */
function inJobFile(origin: string, work: (file: string) => Promise<Calls>): Promise<Calls> {
  return inTempFolder(async (folder) => work(await createJobFile(folder, JOBS, jobAt(origin))))
}

function jobAt(origin: string): (index: number) => StoredJob {
  const nextRunAt = Date.now()
  const target = { type: 'http', url: `${origin}/` } as const
  const start_date = new Date(nextRunAt).toISOString()
  return (index) => ({
    input: { name: `Job ${index}`, start_date, target, params: BODY },
    nextRunAt
  })
}

async function runAll(file: string): Promise<Calls> {
  const host = await createHost({
    database: `sqlite:${file}`,
    handler: () => undefined,
    maxConcurrentRuns: CONCURRENCY
  })
  const done = untilSucceeded(host.scheduler, JOBS)
  const calls = await timed(async () => {
    await host.scheduler.start()
    await done
  })
  await host.close()
  await verifyLedger(`sqlite:${file}`)
  return calls
}

function toLines(
  what: string,
  { ours, limit }: { ours: readonly Calls[]; limit: readonly Calls[] },
  aim?: string
): Line[] {
  const [rate = 0, bareRate = 0] = [ours, limit].map((all) => median(all.map((one) => one.rate)))
  const [cpu = 0, bareCpu = 0] = [ours, limit].map((all) => median(all.map((one) => one.cpu)))
  return [
    {
      what,
      ours: perSecond(rate),
      limit: perSecond(bareRate),
      ratio: rate / bareRate,
      ...(aim !== undefined && { aim })
    },
    {
      what: `${what}: processor time each`,
      ours: `${cpu.toFixed(0)} µs`,
      limit: `${bareCpu.toFixed(0)} µs`,
      ratio: bareCpu / cpu
    }
  ]
}
