import process from 'node:process'
import { Agent, request } from 'undici'
import { createHost } from './host.ts'
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
/** As many bytes of headers as a run of ours sends. */
const HEADERS = {
  'user-agent': 'carillon/0.1.0',
  'idempotency-key': '123456',
  'carillon-job-id': '123456',
  'carillon-run-id': '123456',
  'carillon-scheduled-for': '2026-01-01T00:00:00.000Z',
  'carillon-attempt': '1',
  'carillon-fencing-token': '123456',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'content-type': 'application/json'
}
const BODY = { user: 1 }

/** Jobs due at once that call a URL, each recorded, against a bare loop of calls by undici. */
export async function httpTarget(): Promise<Line[]> {
  const receiver = await startServer(['bench/receiver.js'])
  try {
    const ours: Calls[] = []
    const limit: Calls[] = []
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await timed(() => inTempFolder((folder) => runAll(folder, receiver.origin))))
      limit.push(await timed(() => callAll(receiver.origin)))
    }
    return toLines(ours, limit)
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

/** `work` returns seconds and microseconds of processor time. */
async function timed(work: () => Promise<[number, number]>): Promise<Calls> {
  const [seconds, micros] = await work()
  return { rate: JOBS / seconds, cpu: micros / JOBS }
}

/** What `work` takes: seconds, and microseconds of the processor. */
async function taken(work: () => Promise<unknown>): Promise<[number, number]> {
  const begin = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return [(performance.now() - begin) / 1_000, user + system]
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

async function runAll(folder: string, origin: string): Promise<[number, number]> {
  const file = await createJobFile(folder, JOBS, jobAt(origin))
  const host = await createHost({
    database: `sqlite:${file}`,
    handler: () => undefined,
    maxConcurrentRuns: CONCURRENCY
  })
  const done = untilSucceeded(host.scheduler, JOBS)
  const result = await taken(async () => {
    await host.scheduler.start()
    await done
  })
  await host.close()
  await verifyLedger(`sqlite:${file}`)
  return result
}

async function callAll(origin: string): Promise<[number, number]> {
  const dispatcher = new Agent()
  let left = JOBS
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const { body, statusCode } = await request(origin, {
        method: 'POST',
        headers: HEADERS,
        body: JSON.stringify(BODY),
        dispatcher
      })
      await body.dump()
      if (statusCode !== 204) throw new Error(`The receiver answered ${statusCode}.`)
    }
  }
  const result = await taken(() => Promise.all(Array.from({ length: CONCURRENCY }, caller)))
  await dispatcher.close()
  return result
}

function toLines(ours: readonly Calls[], limit: readonly Calls[]): Line[] {
  const [rate = 0, bareRate = 0] = [ours, limit].map((all) => median(all.map((one) => one.rate)))
  const [cpu = 0, bareCpu = 0] = [ours, limit].map((all) => median(all.map((one) => one.cpu)))
  const what = `POST, ${CONCURRENCY} at a time, beside undici alone`
  return [
    {
      what,
      ours: perSecond(rate),
      limit: perSecond(bareRate),
      ratio: rate / bareRate,
      aim: '≥ 0.85'
    },
    {
      what: `${what}: processor time each`,
      ours: `${cpu.toFixed(0)} µs`,
      limit: `${bareCpu.toFixed(0)} µs`,
      ratio: bareCpu / cpu
    }
  ]
}
