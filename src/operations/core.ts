import type { CheckTarget } from './check-target.ts'
import type { Caller } from '../domain/caller.ts'
import type { Clock } from '../domain/clock.ts'
import { CarillonError } from '../domain/errors.ts'
import type { Enqueued, EnqueueTime } from '../engine/enqueue.ts'
import type { EventHub } from '../engine/events.ts'
import type { Slots } from '../engine/slots.ts'
import type { HttpPerformer } from '../engine/targets/http.ts'
import type { Vault } from '../engine/vault.ts'
import type { CancelledRun } from '../store/cancel-runs.ts'
import type { Db } from '../store/db.ts'
import type { JobRow } from '../store/job-codec.ts'
import { findJob } from '../store/jobs.ts'

/** What the operations on jobs and runs work with. */
export interface Core {
  readonly db: Db
  readonly clock: Clock
  readonly events: EventHub
  /** Who asks. */
  readonly caller: Caller
  /** How long records are kept: by age, and by number for a job. */
  readonly retention: { ageMs: number; perJob: number }
  /** Whether this process lets a job do what it is to do. */
  checkTarget: CheckTarget
  /** Sends the request of a target outside of any run. */
  testHttp: HttpPerformer['test']
  /** Seals the secrets of jobs. */
  readonly vault: Vault
  /** For runs that are recorded by an operation; so many may start at once. */
  enqueueTime(slots: number): EnqueueTime
  withSlots: Slots['reserve']
  /** Carries out what an operation enqueued; to be called after its commit. */
  afterEnqueue(enqueued: Enqueued): void
  /** Stops what was cancelled, where it runs here; to be called after the commit. */
  afterCancel(runs: readonly CancelledRun[], reason: string | null): void
  /** Lets the loops look again at what is due. */
  wake(): void
}

/** @throws CarillonError `job_not_found` */
export async function getJobRow(db: Db, id: number): Promise<JobRow> {
  const row = await findJob(db, id)
  if (row !== undefined) return row
  throw new CarillonError('job_not_found', `There is no job ${id}.`)
}

/** What a caller believes of a job that it is about to change. */
export interface Precondition {
  /** The job must be at one of these versions. */
  versions?: readonly number[]
}

/** @throws CarillonError `version_mismatch` */
export function checkVersion(job: JobRow, { versions }: Precondition): void {
  if (versions === undefined || versions.includes(job.version)) return
  const wanted = versions.length === 0 ? 'none that a job can have' : versions.join(' or ')
  const message = `Job ${job.id} is at version ${job.version}, but the request is for ${wanted}; read the job again and decide anew.`
  throw new CarillonError('version_mismatch', message, { context: { version: job.version } })
}
