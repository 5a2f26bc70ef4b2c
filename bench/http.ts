import autocannon from 'autocannon'
import { createJobFile } from './job-file.ts'
import { dueNextYear } from './job-table.ts'
import { NODE_FLAGS } from './places.ts'
import { median, perSecond, quantile, type Line } from './report.ts'
import { HEADERS, REQUESTS, send, type MeasuredRequest } from './requests.ts'
import { startServer, startService, type ServerProcess } from './server-process.ts'
import { inTempFolder } from './temp-folder.ts'

const STORED = 10_000
const ROUNDS = 12
const ROUND_SECONDS = 1

/**
 * Requests about many jobs, against plain Fastify that takes the same bytes and sends the same: of what
 * is written it keeps nothing, and what is counted it does not count. Both are given the same flags of
 * Node, which trade processor time for memory.
 */
export function http(): Promise<Line[]> {
  return inTempFolder(async (folder) => {
    const file = await createJobFile(folder, STORED, dueNextYear())
    const service = await startService(`sqlite:${file}`)
    try {
      const plain = await startServer([...NODE_FLAGS, 'bench/plain-server.js', service.origin])
      try {
        const lines: Line[] = []
        for (const request of REQUESTS) lines.push(...(await compare(service, plain, request)))
        return lines
      } finally {
        await plain.stop()
      }
    } finally {
      await service.stop()
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
  request: MeasuredRequest
): Promise<Line[]> {
  if (request.varies !== true) await refuseDifference(service, plain, request)
  for (const server of [service, plain]) await load(server, request)
  const ours: Load[] = []
  const limit: Load[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await load(service, request))
    limit.push(await load(plain, request))
  }
  return toLines(request, ours, limit)
}

/**
 * Where the client is the slower side, only the processor time tells the servers apart. What others do
 * on the machine only adds to it, so its lower quartile counts.
 */
function toLines(
  { method, path, aim }: MeasuredRequest,
  ours: readonly Load[],
  limit: readonly Load[]
): Line[] {
  const rates = [ours, limit].map((loads) => median(loads.map(({ rate }) => rate)))
  const cpus = [ours, limit].map((loads) =>
    quantile(
      loads.map(({ cpu }) => cpu),
      0.25
    )
  )
  const [rate = 0, bareRate = 0] = rates
  const [cpu = 0, bareCpu = 0] = cpus
  const what = `${method} ${path}, ${STORED.toLocaleString('en')} jobs`
  const wanted = aim === undefined ? {} : { aim }
  return [
    { what, ours: perSecond(rate), limit: perSecond(bareRate), ratio: rate / bareRate, ...wanted },
    {
      what: `${what}: processor time each`,
      ours: `${cpu.toFixed(1)} µs`,
      limit: `${bareCpu.toFixed(1)} µs`,
      ratio: bareCpu / cpu,
      ...wanted
    }
  ]
}

/** The bytes of both answers must be the same, but for the date and how long the connection is kept. */
async function refuseDifference(
  service: ServerProcess,
  plain: ServerProcess,
  request: MeasuredRequest
): Promise<void> {
  const [ours, theirs] = await Promise.all(
    [service, plain].map(async ({ origin }) => textOf(await send(origin, request)))
  )
  if (ours !== theirs) {
    throw new Error(`The answers of ${request.path} differ:\n${ours}\n${theirs}`)
  }
}

async function textOf(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'keep-alive')
  return JSON.stringify([response.status, headers, await response.text()])
}

async function load(server: ServerProcess, request: MeasuredRequest): Promise<Load> {
  const { method, path, body, connections } = request
  const before = server.cpuSeconds()
  const result = await autocannon({
    url: server.origin + path,
    method,
    connections,
    duration: ROUND_SECONDS,
    ...(body !== undefined && { body, headers: HEADERS })
  })
  if (result.errors + result.non2xx > 0) throw new Error(`Requests of ${path} failed.`)
  const { total } = result.requests
  return { rate: total / result.duration, cpu: ((server.cpuSeconds() - before) * 1e6) / total }
}
