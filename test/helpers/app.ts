import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance, type InjectOptions, type RouteOptions } from 'fastify'
import type { Test } from 'tap'
import app from '../../app.ts'
import { sendEarlyProblem } from '../../plugins/errors.ts'
import { appOf, type App, type Authorize } from '../../plugins/instance.ts'
import { serverLimits } from '../../plugins/server-limits.ts'
import { parseConfig, type Options } from '../../src/config.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import type { Handler } from '../../src/engine/targets/handler.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { openapiFault } from './openapi-check.ts'

export interface TestAppOptions {
  /** Instead of the defaults; the database is one in memory. */
  config?: Partial<Options>
  clock?: Clock
  handlers?: Readonly<Record<string, Handler>>
  /** As the service itself, not as a part of another application. */
  isService?: boolean
  /** Of the application that it is a part of. */
  authorize?: Authorize
}

/** What came back, its body parsed. */
export interface Answer {
  status: number
  headers: Readonly<Record<string, string | undefined>>
  /** As it was sent. */
  text: string
  body: unknown
}

export interface TestApp {
  server: FastifyInstance
  /** The decorators: scheduler, cache, db. */
  app: App
  clock: ManualClock
  /** Every route, as it was declared. */
  routes: readonly RouteOptions[]
  /** Lines of the log, parsed. */
  lines: readonly Record<string, unknown>[]
  /**
   * Sends a request; `body` goes as JSON unless it is a string, which goes as it is. The answer is
   * held against the description of the API: one that differs fails the test.
   */
  request(call: string, body?: unknown, more?: InjectOptions): Promise<Answer>
  /** Creates a job, an hourly one unless the input says when it runs. */
  createJob(input: Record<string, unknown>): Promise<Job>
  getJob(id: number): Promise<Job>
  listRuns(query?: string): Promise<Run[]>
}

/** The whole service in this process, on a manual clock, closed when the test ends. */
export async function createTestApp(t: Test, options: TestAppOptions = {}): Promise<TestApp> {
  const clock = (options.clock as ManualClock | undefined) ?? createManualClock()
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) }
  const config = parseConfig({ database: 'sqlite::memory:', ...options.config })
  const { handlers = {}, isService = false, authorize } = options
  const server = Fastify({
    ...(isService && serverLimits(config)),
    logger: { level: 'debug', stream },
    frameworkErrors: sendEarlyProblem
  })
  const routes: RouteOptions[] = []
  const faults: string[] = []
  server.addHook('onRoute', (route) => {
    if (route.schema?.hide !== true) routes.push(route)
  })
  server.addHook('onSend', async (request, reply, payload) => {
    const { method, url } = request
    // What is no part of the API, such as pages, is not described.
    const isHidden = request.routeOptions.schema?.hide === true
    if (isHidden || method === 'HEAD' || payload instanceof Readable) return
    const fault = openapiFault({
      method,
      path: url,
      status: reply.statusCode,
      contentType: reply.getHeader('content-type')?.toString(),
      body: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.toString() : ''
    })
    if (fault !== null) faults.push(`${method} ${url}: ${fault}`)
  })
  await app(server, { config, clock, handlers, isService, ...(authorize && { authorize }) })
  t.teardown(() => closed(server, clock))
  await server.ready()

  const request: TestApp['request'] = async (call, body, more = {}) => {
    const answer = await inject(server, call, { body, more })
    if (faults.length > 0) throw new Error(`Not as declared: ${faults.splice(0).join('; ')}`)
    return answer
  }
  const expect = async <Body>(status: number, call: string, body?: unknown): Promise<Body> => {
    const answer = await request(call, body)
    if (answer.status === status) return answer.body as Body
    throw new Error(`${call} answered ${answer.status}: ${answer.text}`)
  }
  return {
    server,
    app: appOf(server),
    clock,
    routes,
    lines,
    request,
    createJob: (input) => {
      const hasTiming = 'repeat_interval' in input || 'start_date' in input
      const timing = hasTiming ? {} : { schedule: '@hourly' }
      return expect(201, 'POST /jobs', { name: 'job', ...timing, ...input })
    },
    getJob: (id) => expect(200, `GET /jobs/${id}`),
    listRuns: (query = '') => expect(200, `GET /runs${query}`)
  }
}

/** Closes the server, moving the clock on for what is still running. */
async function closed(server: FastifyInstance, clock: ManualClock): Promise<void> {
  let open = true
  const closing = server.close().finally(() => {
    open = false
  })
  while (open) await clock.advance(1_000)
  await closing
}

async function inject(
  server: FastifyInstance,
  call: string,
  { body, more }: { body: unknown; more: InjectOptions }
): Promise<Answer> {
  const [method = 'GET', url = '/'] = call.split(' ')
  const response = await server.inject({
    method: method as 'GET',
    url,
    ...(body !== undefined && {
      payload: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' }
    }),
    ...more
  })
  const headers = response.headers as Answer['headers']
  const isJson = headers['content-type']?.includes('json') === true && response.payload !== ''
  return {
    status: response.statusCode,
    headers,
    text: response.payload,
    body: isJson ? JSON.parse(response.payload) : response.payload
  }
}
