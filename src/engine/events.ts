import type { ApiKey } from '../domain/api-key.ts'
import type { Caller } from '../domain/caller.ts'
import type { Change } from '../domain/change.ts'
import type { Invariant } from '../domain/invariant.ts'
import type { Job } from '../domain/job.ts'
import type { AttemptOutcome, RunError } from '../domain/outcome.ts'
import type { RunCause, RunState } from '../domain/run.ts'
import type { Scheduling } from '../domain/scheduling.ts'
import type { TargetType } from '../domain/target.ts'

/** A run as events tell of it. Instants are epoch milliseconds. */
export interface RunFacts {
  readonly id: number
  readonly job_id: number
  readonly job_name: string
  readonly target: TargetType
  readonly cause: RunCause
  readonly attempt: number
  readonly scheduled_for: number
  /** How much later than its occurrence it was to start, in milliseconds. */
  readonly delay_ms: number
  readonly started_at: number
}

/** The end of an attempt, as it was recorded. */
export interface SettledRun {
  readonly run: RunFacts
  /** `pending` when it will be tried again. */
  readonly state: Extract<RunState, 'succeeded' | 'failed' | 'cancelled' | 'pending'>
  readonly reason: string | null
  /** How the attempt itself ended. */
  readonly outcome: AttemptOutcome | 'crashed' | 'interrupted'
  readonly finished_at: number
  readonly error: RunError | null
}

/** A handler that was under way when the process stood still. */
export interface SuspectedHandler {
  readonly job_id: number
  readonly job_name: string
  readonly handler: string
}

/** A run that was cancelled while it waited: no attempt of it ended. */
export interface WithdrawnRun {
  readonly id: number
  readonly job_id: number
  readonly cause: RunCause
  readonly target: TargetType
}

/**
 * Everything that the core announces, always after the fact is durable. Metrics, logs and caches
 * listen; the core itself depends on nobody listening.
 */
export interface Events {
  job_created: { job: Job }
  job_updated: { job: Job }
  job_deleted: { id: number }
  /** What was done to a job, and by whom; every change of any kind. */
  job_changed: { change: Change }
  /** What the server keeps of these jobs has changed: next run, last run, running. */
  jobs_moved: { ids: readonly number[] }
  /** Jobs that have no occurrence left. */
  jobs_finished: { ids: readonly number[] }
  /** Runs were recorded that wait, perhaps for a slot or a handler that another replica has. */
  runs_waiting: { ids: readonly number[] }
  /** Runs that other replicas hold are to be stopped. */
  cancel_requested: { ids: readonly number[] }
  /** Another replica tells what it changed; `jobs` is null for any. */
  notice_received: { jobs: readonly number[] | null; wake: boolean; cancel: boolean }
  runs_started: { runs: readonly RunFacts[] }
  runs_settled: { runs: readonly SettledRun[] }
  /** Runs were cancelled while they waited. */
  runs_withdrawn: { runs: readonly WithdrawnRun[]; reason: string | null }
  /** A `log` target ran. */
  run_logged: { run: RunFacts; params: unknown }
  /** A run wrote something; a piece of it as it came. */
  run_output: { run: Pick<RunFacts, 'id' | 'job_id'>; stream: 'stdout' | 'stderr'; text: string }
  /** A result came too late: the run had been given to another replica. */
  result_refused: { run: RunFacts }
  /** Occurrences that got their record without a run. */
  occurrences_not_run: {
    job_id: number
    state: 'skipped' | 'missed'
    reason: string
    count: number
  }
  /** A run waits because no handler of that name is registered here. */
  handler_missing: { job_id: number; handler: string }
  /** Newer time-zone data moved the next occurrence of a job; epoch milliseconds. */
  job_recomputed: { job_id: number; before: number; after: number | null }
  /** A stored definition cannot be used; the job has been paused. */
  job_broken: { job_id: number; reason: string }
  /** A target asked for no further calls. */
  job_paused_by_target: { job_id: number; reason: string }
  /** The runs of a replica that died. */
  runs_rescued: { replica: number; count: number; failed: number }
  /** This replica was found dead by another one, or could not renew in time. */
  lease_lost: { replica: number; runs: number }
  /**
   * The process did nothing else for more than a second, so many times by now: how long at most, in
   * milliseconds, and the handlers that may have kept it, at most ten.
   */
  process_stalled: {
    duration_ms: number
    stalls: number
    handlers: readonly SuspectedHandler[]
  }
  runs_pruned: { count: number }
  /**
   * What the self-check found has changed: so many violations of an invariant, 0 when it holds again;
   * ids of jobs or runs, names of indexes, or hours, at most ten; and what was done about it.
   */
  invariant_violated: {
    invariant: Invariant
    count: number
    examples: readonly (number | string)[]
    repair: string | null
  }
  /** One round of a loop is done. */
  pass_completed: { loop: string; at: number }
  /** One round of a loop failed; it is tried again. */
  pass_failed: { loop: string; error: unknown }
  /** An operation that a client asked for failed because of the database. */
  operation_failed: { operation: string; error: unknown }
  /** A target was tried, outside of any run; by whom, and what came of it. */
  target_tested: Caller & {
    job_id: number | null
    /** Scheme, host and port: what comes after may be longer, and is not needed. */
    origin: string
    ok: boolean
    status: number | null
    duration_ms: number
    error: RunError | null
  }
  /** Nothing is started on any replica any more, or it is again; and who asked for it. */
  scheduling_changed: { scheduling: Scheduling; caller: Caller }
  /** An API key was made, or ended. */
  key_created: { key: ApiKey }
  key_revoked: { key: ApiKey }
  /** A listener of one of these events threw. */
  listener_failed: { event: string; error: unknown }
}

export type EventName = keyof Events
export type Listener<Name extends EventName> = (event: Events[Name]) => void

export interface EventHub {
  /** Listens until the returned function is called. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void
  /** Tells every listener, in the order in which they came; one that throws stops nobody. */
  emit<Name extends EventName>(name: Name, event: Events[Name]): void
}

type Listeners = { [Name in EventName]?: Set<Listener<Name>> }

export function createEventHub(): EventHub {
  const listeners: Listeners = {}
  const emit: EventHub['emit'] = (name, event) => {
    for (const listener of listeners[name] ?? []) {
      try {
        listener(event)
      } catch (error) {
        if (name !== 'listener_failed') emit('listener_failed', { event: name, error })
      }
    }
  }
  return {
    emit,
    on: (name, listener) => {
      const set: Set<typeof listener> = listeners[name] ?? new Set()
      set.add(listener)
      Object.assign(listeners, { [name]: set })
      return () => {
        set.delete(listener)
      }
    }
  }
}
