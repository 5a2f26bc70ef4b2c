import { randomUUID } from 'node:crypto'
import {
  context,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type Tracer
} from '@opentelemetry/api'
import type { Outcome, RunError } from '../domain/outcome.ts'
import type { Db } from '../store/db.ts'
import { establishSetting } from '../store/settings.ts'
import { version } from '../version.ts'
import type { AttemptContext, Perform } from './attempt.ts'
import type { ClaimedRun } from './claimed-run.ts'
import type { EventHub, RunFacts, SettledRun } from './events.ts'
import { attemptSpan, dueAt, outcomeAttributes, runAttributes } from './span-attributes.ts'
import { setSpanContext } from './targets/traceparent.ts'
import { occurrenceOf } from './trace-identity.ts'

/** The spans of runs; none, and hardly any cost, where the process has no tracer registered. */
export interface Tracing {
  /** To be awaited before the first run. */
  prepare(): Promise<void>
  /** Does something that goes on for long, and so belongs to no span that is active now. */
  detached(work: () => void): void
  /** Carries out an attempt inside of its span. */
  carry(run: ClaimedRun, attempt: AttemptContext, perform: Perform): Promise<Outcome>
  /** Tells how that attempt ended; the span of its run goes on until the end is recorded. */
  end(run: ClaimedRun, outcome: Outcome): void
}

interface OpenSpans {
  run: Span
  attempt: Span
}

/** Spans by the OpenTelemetry API alone: schedule → run → attempt, all of a run in one trace. */
export function createTracing({ db, events }: { db: Db; events: EventHub }): Tracing {
  const open = new Map<RunFacts, OpenSpans>()
  let seed = ''

  const endRun = (run: RunFacts, tell: (span: Span) => void): void => {
    const spans = open.get(run)
    if (spans === undefined) return
    open.delete(run)
    tell(spans.run)
    spans.run.end()
  }

  events.on('runs_settled', ({ runs }) => {
    if (open.size === 0) return
    for (const settled of runs) endRun(settled.run, (span) => tellEnd(span, settled))
  })
  events.on('result_refused', ({ run }) => endRun(run, (span) => fail(span, 'result_refused')))
  events.on('lease_lost', ({ replica }) => {
    for (const run of open.keys()) {
      if ('owner' in run && run.owner === replica) endRun(run, (span) => fail(span, 'lease_lost'))
    }
  })

  return {
    prepare: async () => {
      seed = await establishSetting(db, 'trace_seed', randomUUID())
    },
    detached: (work) => context.with(ROOT_CONTEXT, work),
    carry: (run, attempt, perform) => {
      const tracer = findTracer()
      if (tracer === null) return perform(attempt)
      const spans = startSpans(tracer, run, seed)
      open.set(run, spans)
      setSpanContext(attempt, spans.attempt.spanContext())
      return context.with(trace.setSpan(ROOT_CONTEXT, spans.attempt), () => perform(attempt))
    },
    end: (run, outcome) => {
      const span = open.get(run)?.attempt
      if (span === undefined) return
      span.setAttributes(outcomeAttributes(run, outcome))
      if (outcome.kind === 'failed') failWith(span, outcome.error)
      span.end()
    }
  }
}

/** Null when nothing is registered that would take spans. */
function findTracer(): Tracer | null {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return provider.getTracer('carillon', version)
  return provider.getDelegateTracer('carillon', version) ?? null
}

function startSpans(tracer: Tracer, run: ClaimedRun, seed: string): OpenSpans {
  const above = trace.setSpanContext(ROOT_CONTEXT, occurrenceOf(run, seed))
  const parent = run.attempt === 1 ? withSchedule(tracer, run, above) : above
  const runSpan = tracer.startSpan('carillon.run', { attributes: runAttributes(run) }, parent)
  const inRun = trace.setSpan(parent, runSpan)
  return { run: runSpan, attempt: tracer.startSpan('carillon.attempt', attemptSpan(run), inRun) }
}

/** The first start of a run shows how long it was due before, and which request asked for it. */
function withSchedule(tracer: Tracer, run: ClaimedRun, above: Context): Context {
  const links = run.cause === 'manual' ? linksToActive() : []
  const attributes = runAttributes(run)
  const startTime = new Date(dueAt(run))
  const span = tracer.startSpan('carillon.schedule', { startTime, attributes, links }, above)
  span.end(new Date(run.started_at))
  return trace.setSpan(above, span)
}

function linksToActive(): Link[] {
  const active = trace.getActiveSpan()
  return active === undefined ? [] : [{ context: active.spanContext() }]
}

function tellEnd(span: Span, { state, reason, error }: SettledRun): void {
  span.setAttribute('carillon.run.state', state)
  if (reason !== null) span.setAttribute('carillon.run.reason', reason)
  if (state === 'pending') {
    const why = { ...(reason !== null && { reason }), ...(error !== null && { error: error.code }) }
    span.addEvent('carillon.retry', why)
  }
  if (error !== null) fail(span, error.code)
}

function failWith(span: Span, { code, message }: RunError): void {
  span.recordException({ name: code, message })
  fail(span, code)
}

function fail(span: Span, code: string): void {
  span.setAttribute('error.type', code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}
