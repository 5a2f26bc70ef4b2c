import { hash } from 'node:crypto'
import { TraceFlags, type SpanContext } from '@opentelemetry/api'
import type { ClaimedRun } from './claimed-run.ts'

/**
 * What all spans of a run have above them. It is computed and not stored, so every replica comes to
 * the same one, also after a crash that left nothing but the record. The seed, which is of the
 * database, keeps the runs of other databases apart. It says "sampled": what a process keeps is for
 * its own sampler to decide, and that can go by the id of the trace, the same everywhere.
 */
export function occurrenceOf(run: ClaimedRun, seed: string): SpanContext {
  const identity = [seed, run.id, run.job_id, run.scheduled_for, run.queued_at].join(' ')
  const digest = hash('sha256', identity, 'hex')
  return {
    traceId: digest.slice(0, 32),
    spanId: digest.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true
  }
}
