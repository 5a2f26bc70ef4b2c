import { SpanKind, type Attributes } from '@opentelemetry/api'
import { formatInstant } from '../domain/instant.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { ClaimedRun } from './claimed-run.ts'

/** When a run was to start; a backfill when it was asked for. Epoch milliseconds. */
export function dueAt(run: ClaimedRun): number {
  return run.cause === 'backfill' ? run.queued_at : run.scheduled_for + run.delay_ms
}

/** What every span of a run says of it. */
export function runAttributes(run: ClaimedRun): Attributes {
  return {
    'carillon.job.id': run.job_id,
    'carillon.job.name': run.job_name,
    'carillon.run.id': run.id,
    'carillon.run.cause': run.cause,
    'carillon.run.attempt': run.attempt,
    'carillon.run.scheduled_for': formatInstant(run.scheduled_for),
    'carillon.run.lateness_ms': run.started_at - dueAt(run)
  }
}

/** Who calls whom, by the conventions for HTTP clients where it is a request. */
export function attemptSpan(run: ClaimedRun): { kind: SpanKind; attributes: Attributes } {
  const { target } = run.definition
  const attributes = { ...runAttributes(run), 'carillon.target': target.type }
  if (target.type !== 'http' || !URL.canParse(target.url)) {
    return { kind: SpanKind.INTERNAL, attributes }
  }
  const { origin, pathname, hostname, port, protocol } = new URL(target.url)
  const request = {
    'http.request.method': target.method ?? 'POST',
    // Queries hold tokens often enough, so they stay out.
    'url.full': origin + pathname,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80)
  }
  return { kind: SpanKind.CLIENT, attributes: { ...attributes, ...request } }
}

/** What the end of an attempt adds. */
export function outcomeAttributes(run: ClaimedRun, outcome: Outcome): Attributes {
  const ended = { 'carillon.attempt.outcome': outcome.kind }
  const result = 'result' in outcome ? outcome.result : null
  if (run.target !== 'http' || typeof result !== 'object' || result === null) return ended
  const status = 'status' in result ? result.status : null
  return typeof status === 'number' ? { ...ended, 'http.response.status_code': status } : ended
}
