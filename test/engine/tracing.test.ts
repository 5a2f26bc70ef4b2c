import { context, SpanKind, SpanStatusCode, trace, type HrTime } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  type ReadableSpan,
  type Sampler
} from '@opentelemetry/sdk-trace-base'
import { test, type Test } from 'tap'
import { traceparentOf } from '../../src/engine/targets/traceparent.ts'
import type { AttemptContext } from '../../src/engine/attempt.ts'
import { stopReplica } from '../../src/store/replicas.ts'
import { createGate } from '../helpers/gate.ts'
import { codesIn, firstColumn, readPage } from '../helpers/markdown.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { runsOf } from '../helpers/runs.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'
import { createSink } from '../helpers/sink.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const work = { type: 'handler', name: 'work' } as const

/** The spans that end from here on, in a process with an SDK, until the test ends. */
function registerSdk(t: Test, more: { sampler?: Sampler } = {}): () => ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors, ...more }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  t.teardown(() => {
    trace.disable()
    context.disable()
  })
  return () => exporter.getFinishedSpans()
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan[] {
  return spans.filter((span) => span.name === `carillon.${name}`)
}

const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId
const traceOf = (span: ReadableSpan | undefined) => span?.spanContext().traceId
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId
const inMs = ([seconds, nanoseconds]: HrTime) => seconds * 1_000 + nanoseconds / 1e6

test('a run is schedule → run → attempt, and says what it is', async (t) => {
  const spans = registerSdk(t)
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'Backup', schedule: '@hourly' })
  await clock.advance(3_600_100)
  const [schedule] = named(spans(), 'schedule')
  const [run] = named(spans(), 'run')
  const [attempt] = named(spans(), 'attempt')
  t.equal(spans().length, 3)
  t.equal(parentOf(run), idOf(schedule))
  t.equal(parentOf(attempt), idOf(run))
  t.equal(new Set(spans().map(traceOf)).size, 1)
  t.equal(schedule?.parentSpanContext?.isRemote, true)
  t.equal(inMs(schedule?.startTime ?? [0, 0]), START + 3_600_000)
  t.hasStrict(run?.attributes, {
    'carillon.job.id': 1,
    'carillon.job.name': 'Backup',
    'carillon.run.id': 1,
    'carillon.run.cause': 'schedule',
    'carillon.run.attempt': 1,
    'carillon.run.scheduled_for': '2026-01-01T01:00:00.000Z',
    'carillon.run.lateness_ms': 0,
    'carillon.run.state': 'succeeded'
  })
  t.equal(attempt?.kind, SpanKind.INTERNAL)
  t.hasStrict(attempt?.attributes, { 'carillon.attempt.outcome': 'succeeded' })
  t.equal(attempt?.status.code, SpanStatusCode.UNSET)
})

test('a request is a client span, which the receiver gets as its parent; no query is shown', async (t) => {
  const spans = registerSdk(t)
  const sink = await createSink(t)
  sink.respondWith({ status: 404 })
  const { scheduler, clock } = await createTestScheduler(t)
  const target = { type: 'http', url: `${sink.url}/hook?token=secret` } as const
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly', target })
  await scheduler.run(id)
  const { headers } = await sink.next()
  for (let rounds = 0; named(spans(), 'run').length === 0; rounds++) await clock.advance(10)
  const [attempt] = named(spans(), 'attempt')
  t.equal(attempt?.kind, SpanKind.CLIENT)
  t.equal(headers['traceparent'], `00-${traceOf(attempt)}-${idOf(attempt)}-01`)
  t.hasStrict(attempt?.attributes, {
    'http.request.method': 'POST',
    'url.full': `${sink.url}/hook`,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(sink.url).port),
    'http.response.status_code': 404,
    'error.type': 'http_status'
  })
  t.strictSame(attempt?.status, { code: SpanStatusCode.ERROR, message: 'http_status' })
  const [run] = named(spans(), 'run')
  t.strictSame(run?.status, { code: SpanStatusCode.ERROR, message: 'http_status' })
})

test('every span, and everything that a span says, is documented', async (t) => {
  const spans = registerSdk(t)
  const sink = await createSink(t)
  sink.respondWith({ status: 410 })
  const { scheduler, clock } = await createTestScheduler(t)
  const target = { type: 'http', url: sink.url } as const
  await scheduler.run((await scheduler.createJob({ name: 'a', schedule: '@yearly', target })).id)
  await sink.next()
  for (let rounds = 0; named(spans(), 'run').length === 0; rounds++) await clock.advance(10)
  const page = readPage('docs/tracing.md')
  t.strictSame(new Set(firstColumn(page, 'spans')), new Set(spans().map(({ name }) => name)))
  const said = new Set(spans().flatMap(({ attributes }) => Object.keys(attributes)))
  const documented = new Set(codesIn(page.text))
  t.strictSame(
    [...said].filter((name) => !documented.has(name)),
    []
  )
  const ours = [...documented].filter((code) => /^(?:carillon|http|url|server)\.[\w.]+$/.test(code))
  const events = ['carillon.retry', ...spans().map(({ name }) => name)]
  t.strictSame(
    ours.filter((name) => !said.has(name) && !events.includes(name)),
    []
  )
})

test('the spans of a handler are inside of the attempt, across what it awaits', async (t) => {
  const spans = registerSdk(t)
  const { scheduler, clock } = await createTestScheduler(t)
  scheduler.handle('work', async () => {
    await Promise.resolve()
    trace.getTracer('host').startSpan('inner').end()
  })
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly', target: work })
  await scheduler.run(id)
  await clock.advance(100)
  const [inner] = spans().filter(({ name }) => name === 'inner')
  t.equal(parentOf(inner), idOf(named(spans(), 'attempt')[0]))
})

test('a retry is an event of the run, and the next attempt is in the same trace', async (t) => {
  const spans = registerSdk(t)
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const retry = { max_attempts: 2, initial: '1s', backoff: 'fixed' } as const
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly', target: work, retry })
  await scheduler.run(id)
  calls[0]?.reject(new Error('no'))
  await clock.advance(2_000)
  calls[1]?.resolve()
  await clock.advance(100)
  const [first, second] = named(spans(), 'run')
  t.match(first?.events, [
    { name: 'carillon.retry', attributes: { reason: 'retry', error: 'exception' } }
  ])
  t.hasStrict(second?.attributes, { 'carillon.run.attempt': 2, 'carillon.run.state': 'succeeded' })
  t.equal(new Set(spans().map(traceOf)).size, 1)
  t.equal(named(spans(), 'schedule').length, 1)
})

test('after a crash another replica goes on in the same trace', async (t) => {
  const spans = registerSdk(t)
  const db = await createTestDatabase(t)
  const clock = createManualClock(START)
  const dead = await createTestScheduler(t, { db, clock })
  const lost = createGate(dead.scheduler, 'work')
  // Its time stands still from here on, after the first rounds.
  await clock.advance(0)
  const { id } = await dead.scheduler.createJob({ name: 'a', schedule: '@yearly', target: work })
  await dead.scheduler.run(id)
  const heirClock = createManualClock(START + 60_000)
  const heir = await createTestScheduler(t, {
    db,
    clock: heirClock,
    identity: { name: 'heir', host: 'heir', pid: 1, version: '0.0.0' }
  })
  const calls = createGate(heir.scheduler, 'work')
  await heirClock.advance(5_000)
  t.equal(calls.length, 1)
  const [, before] = /^00-(\w+)-/.exec(traceparentOf(lost[0]?.attempt as AttemptContext)) ?? []
  calls[0]?.resolve()
  await heirClock.advance(100)
  const [run] = named(spans(), 'run')
  t.hasStrict(run?.attributes, { 'carillon.run.attempt': 2 })
  t.equal(traceOf(run), before)
})

test('two runs are two traces, and so is the same run of another database', async (t) => {
  const spans = registerSdk(t)
  for (const runs of [2, 1]) {
    const { scheduler, clock } = await createTestScheduler(t)
    const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly' })
    for (let times = 0; times < runs; times++) await scheduler.run(id, { overlap: 'allow' })
    await clock.advance(100)
  }
  t.equal(new Set(named(spans(), 'run').map(traceOf)).size, 3)
})

test('a replica that loses its lease ends the spans of what it ran', async (t) => {
  const spans = registerSdk(t)
  const { scheduler, clock, database } = await createTestScheduler(t)
  createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly', target: work })
  await scheduler.run(id)
  await stopReplica(database, 1, { now: clock.now() })
  await clock.advance(11_000)
  const [run] = named(spans(), 'run')
  t.strictSame(run?.status, { code: SpanStatusCode.ERROR, message: 'lease_lost' })
  t.equal(named(spans(), 'attempt').length, 1)
})

test('a run by hand is linked to the request that asked for it', async (t) => {
  const spans = registerSdk(t)
  const { scheduler, clock } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly' })
  const request = await trace.getTracer('host').startActiveSpan('request', async (span) => {
    await scheduler.run(id)
    span.end()
    return span.spanContext()
  })
  await clock.advance(100)
  const [schedule] = named(spans(), 'schedule')
  t.strictSame(
    schedule?.links.map((link) => link.context.spanId),
    [request.spanId]
  )
  t.not(traceOf(schedule), request.traceId)
})

test('a sampler by the id of the trace decides, and the receiver is told what it decided', async (t) => {
  const spans = registerSdk(t, { sampler: new TraceIdRatioBasedSampler(0) })
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly', target: work })
  await scheduler.run(id)
  t.match(traceparentOf(calls[0]?.attempt as AttemptContext), /-00$/)
  calls[0]?.resolve()
  await clock.advance(100)
  t.strictSame(spans(), [])
  t.equal((await runsOf(scheduler, id))[0]?.state, 'succeeded')
})

test('without an SDK every attempt has a sampled trace of its own', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob({ name: 'a', schedule: '@yearly', target: work })
  for (let times = 0; times < 2; times++) await scheduler.run(id, { overlap: 'allow' })
  const sent = calls.map(({ attempt }) => traceparentOf(attempt))
  for (const one of sent) t.match(one, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  t.equal(new Set(sent.map((one) => one.slice(3, 35))).size, 2)
})
