import type { JobDefinition } from '../domain/job.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { RunCause } from '../domain/run.ts'

/** Where a handler writes its log lines; pino fits, and so does `console`. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** One attempt of a run: everything that a target needs to carry it out. */
export interface AttemptContext<Params = unknown> {
  readonly job: {
    readonly id: number
    readonly version: number
    readonly definition: JobDefinition
  }
  readonly run: {
    readonly id: number
    /** Epoch milliseconds of the occurrence; of the request, for a run by hand. */
    readonly scheduledFor: number
    readonly cause: RunCause
    /** From 1. */
    readonly attempt: number
    /** Higher at every start of this run: lets a receiver refuse a start that was superseded. */
    readonly fencingToken: number
  }
  /** Of the job, or those given with a run by hand. */
  readonly params: Params
  /** Aborted when the run is cancelled, times out, or the scheduler stops. */
  readonly signal: AbortSignal
  readonly log: Logger
}

/** Carries out one attempt. A rejection counts as a failure that may be retried. */
export type Perform = (attempt: AttemptContext) => Promise<Outcome>
