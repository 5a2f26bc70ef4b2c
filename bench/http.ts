import autocannon from 'autocannon'
import { createJobFile } from './job-file.ts'
import { dueNextYear } from './job-table.ts'
import { median, perSecond, quantile, type Line } from './report.ts'
import { startServer, startService, type ServerProcess } from './server-process.ts'
import { inTempFolder } from './temp-folder.ts'

const JOBS = 100
const ROUTES = ['/jobs/1', '/jobs']
const ROUNDS = 12
const ROUND_SECONDS = 1

/** Reads of jobs over HTTP, against plain Fastify that sends the same bytes. */
export function http(): Promise<Line[]> {
  return inTempFolder(async (folder) => {
    const service = await startService(`sqlite:${await createJobFile(folder, JOBS, dueNextYear())}`)
    const plain = await startServer(['bench/plain-server.js', service.origin, ...ROUTES])
    try {
      const lines: Line[] = []
      for (const route of ROUTES) lines.push(...(await compare(service, plain, route)))
      return lines
    } finally {
      await Promise.all([service.stop(), plain.stop()])
    }
  })
}

interface Load {
  /** Requests per second. */
  rate: number
  /** Microseconds of processor time that the server took for one. */
  cpu: number
}

async function compare(
  service: ServerProcess,
  plain: ServerProcess,
  route: string
): Promise<Line[]> {
  await refuseDifference(service, plain, route)
  for (const server of [service, plain]) await load(server, route)
  const ours: Load[] = []
  const limit: Load[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await load(service, route))
    limit.push(await load(plain, route))
  }
  return toLines(route, ours, limit)
}

/**
 * Where the client is the slower side, only the processor time tells the servers apart. What others do
 * on the machine only adds to it, so its lower quartile counts.
 */
function toLines(route: string, ours: readonly Load[], limit: readonly Load[]): Line[] {
  const rates = [ours, limit].map((loads) => median(loads.map(({ rate }) => rate)))
  const cpus = [ours, limit].map((loads) =>
    quantile(
      loads.map(({ cpu }) => cpu),
      0.25
    )
  )
  const [rate = 0, bareRate = 0] = rates
  const [cpu = 0, bareCpu = 0] = cpus
  return [
    {
      what: `GET ${route}`,
      ours: perSecond(rate),
      limit: perSecond(bareRate),
      ratio: rate / bareRate,
      aim: '≥ 0.90'
    },
    {
      what: `GET ${route}: processor time each`,
      ours: `${cpu.toFixed(1)} µs`,
      limit: `${bareCpu.toFixed(1)} µs`,
      ratio: bareCpu / cpu,
      aim: '≥ 0.90'
    }
  ]
}

/** The bytes of both answers must be the same, but for the date and how long the connection is kept. */
async function refuseDifference(
  service: ServerProcess,
  plain: ServerProcess,
  route: string
): Promise<void> {
  const [ours, theirs] = await Promise.all(
    [service, plain].map(({ origin }) => answer(origin + route))
  )
  if (ours !== theirs) throw new Error(`The answers of ${route} differ:\n${ours}\n${theirs}`)
}

async function answer(url: string): Promise<string> {
  const response = await fetch(url)
  const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'keep-alive')
  return JSON.stringify([response.status, headers, await response.text()])
}

async function load({ origin, cpuSeconds }: ServerProcess, route: string): Promise<Load> {
  const before = cpuSeconds()
  const result = await autocannon({ url: origin + route, connections: 32, duration: ROUND_SECONDS })
  if (result.errors + result.non2xx > 0) throw new Error(`Requests of ${route} failed.`)
  const { total } = result.requests
  return { rate: total / result.duration, cpu: ((cpuSeconds() - before) * 1e6) / total }
}
