import type { Job } from '../../../src/domain/job.ts'
import type { Attempt, Run } from '../../../src/domain/run.ts'
import type { SinkRequest } from '../sink.ts'

/** A job whose occurrences were watched, and for how long. Instants are epoch milliseconds. */
export interface WatchedJob {
  /** As it was acknowledged. */
  job: Job
  /** Up to here every occurrence must have its record; up to the job's own end by default. */
  owedUntil?: number
  /**
   * After this there must be no record. Later than `owedUntil` where it is not known which
   * occurrences came before a pause; the same by default.
   */
  possibleUntil?: number
}

/** What is known after a storm. */
export interface Evidence {
  jobs: readonly WatchedJob[]
  /** The whole ledger of these jobs, as the API tells it. */
  runs: readonly Run[]
  /** Everything that the target of the jobs received; null when they have none that can tell. */
  requests: readonly SinkRequest[] | null
  /**
   * Whether something happened to the replica of an attempt that is recorded as crashed. Every crash
   * is believed when this is left out.
   */
  isExcused?(attempt: Attempt): boolean
}
