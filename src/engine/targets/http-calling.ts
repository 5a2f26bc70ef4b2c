import { randomUUID } from 'node:crypto'
import { formatInstant } from '../../domain/instant.ts'
import type { AttemptContext } from '../attempt.ts'
import { newTraceparent, traceparentOf, tracestateOf } from './traceparent.ts'

/** What of a request belongs to one attempt, or to a test. */
export interface Calling {
  /** What a receiver tells repeats by: the same in all attempts of a run. */
  readonly id: string
  /** What it is told beside, names and values in turn. */
  readonly headers: readonly string[]
  /** Sent where the target has no body of its own. */
  readonly params: unknown
}

/** What of an attempt goes into its request. */
export interface RequestFacts {
  readonly job: Pick<AttemptContext['job'], 'id'>
  readonly run: Pick<AttemptContext['run'], 'id' | 'scheduledFor' | 'attempt' | 'fencingToken'>
  readonly params: unknown
}

/** What lets a receiver tell runs and attempts apart, and drop what it has already done. */
export function callingOf(attempt: RequestFacts): Calling {
  const { job, run, params } = attempt
  const tracestate = tracestateOf(attempt)
  const headers = [
    'Carillon-Job-Id',
    String(job.id),
    'Carillon-Run-Id',
    String(run.id),
    'Carillon-Scheduled-For',
    formatInstant(run.scheduledFor),
    'Carillon-Attempt',
    String(run.attempt),
    'Carillon-Fencing-Token',
    String(run.fencingToken),
    'traceparent',
    traceparentOf(attempt),
    ...(tracestate === null ? [] : ['tracestate', tracestate])
  ]
  return { id: String(run.id), headers, params }
}

/** What lets a receiver tell a test from a run: there is none, so nothing is said of one. */
export function callingOfTest(
  { jobId, params }: { jobId: number | null; params: unknown },
  now: number
): Calling {
  const headers = [
    'Carillon-Test',
    'true',
    ...(jobId === null ? [] : ['Carillon-Job-Id', String(jobId)]),
    'Carillon-Scheduled-For',
    formatInstant(now),
    'Carillon-Attempt',
    '1',
    'traceparent',
    newTraceparent()
  ]
  return { id: `test-${randomUUID()}`, headers, params }
}
