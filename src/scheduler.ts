import { CarillonError, messageOf } from './domain/errors.ts'
import type { Forecast, ForecastQuery } from './domain/forecast.ts'
import type { Backfill, BackfillRequest } from './domain/backfill.ts'
import type { Change } from './domain/change.ts'
import type { Explanation } from './domain/explanation.ts'
import type { Job, JobInput, JobPatch } from './domain/job.ts'
import type { NextOccurrences } from './domain/next-occurrences.ts'
import { previewSchedule, type Preview, type PreviewInput } from './domain/preview.ts'
import type { Run } from './domain/run.ts'
import { createEngine, type EngineParts, type EngineStatus } from './engine/engine.ts'
import type { EventHub } from './engine/events.ts'
import { TARGET_GONE } from './engine/settlement.ts'
import { createHandlerRegistry, type Handler } from './engine/targets/handler.ts'
import { createHttpPerformer } from './engine/targets/http.ts'
import { performLog } from './engine/targets/log.ts'
import type { Core, Precondition } from './operations/core.ts'
import { backfillJob } from './operations/backfill-job.ts'
import { cancelRun } from './operations/cancel-run.ts'
import { createJob } from './operations/create-job.ts'
import { deleteJob, type DeleteMode } from './operations/delete-job.ts'
import { forecastJobs } from './operations/forecast-jobs.ts'
import { listNext } from './operations/list-next.ts'
import { createDryRuns, type DryRuns } from './operations/dry-runs.ts'
import { explainJob } from './operations/explain-job.ts'
import { getChanges } from './operations/list-changes.ts'
import { pauseJob, resumeJob, type PauseRequest } from './operations/pause-job.ts'
import { getJob, getJobCount, getJobs, getRun, getRuns } from './operations/queries.ts'
import { putJob, type PutJob } from './operations/put-job.ts'
import { retryRun } from './operations/retry-run.ts'
import { runJob, type RunRequest } from './operations/run-job.ts'
import { skipJob } from './operations/skip-job.ts'
import { replaceJob, updateJob } from './operations/update-job.ts'
import type { ChangePage } from './store/changes.ts'
import type { JobFilter, JobPage } from './store/list-jobs.ts'
import type { RunPage } from './store/list-runs.ts'

/** What a scheduler is made of; durations are milliseconds. */
export type SchedulerOptions = Omit<EngineParts, 'targets' | 'handlers'>

/** The scheduler: what routes and embedding applications call. */
export interface Scheduler {
  readonly events: EventHub
  /** Registers the function that targets `{"type": "handler", "name": …}` call. */
  handle(name: string, handler: Handler): void
  createJob(input: JobInput): Promise<Job>
  getJob(id: number): Promise<Job>
  listJobs(page?: Partial<JobPage>): Promise<Job[]>
  countJobs(filter?: JobFilter): Promise<number>
  updateJob(id: number, patch: JobPatch, options?: Precondition): Promise<Job>
  /** Replaces the whole definition. */
  replaceJob(id: number, input: JobInput, options?: Precondition): Promise<Job>
  /** Creates the job with this key, or replaces it. */
  putJob(key: string, input: JobInput, options?: Precondition): Promise<PutJob>
  deleteJob(id: number, options?: { running?: DeleteMode } & Precondition): Promise<void>
  pause(id: number, request?: PauseRequest): Promise<Job>
  /** Skips the next `count` occurrences; 0 takes back what is left to be skipped. */
  skip(id: number, count: number): Promise<Job>
  resume(id: number, options?: { catch_up?: boolean }): Promise<Job>
  run(id: number, request?: RunRequest): Promise<Run>
  getRun(id: number): Promise<Run>
  listRuns(page?: Partial<RunPage>): Promise<Run[]>
  cancelRun(id: number): Promise<Run>
  /** Gives a run that failed or was cancelled one more attempt. */
  retryRun(id: number): Promise<Run>
  /** What a schedule means that is not stored: in words, as occurrences, with warnings. */
  preview(input: PreviewInput): Promise<Preview>
  /** The occurrences of a job that are to come; 5, or at most 100. */
  listNext(id: number, options?: { count?: number }): Promise<NextOccurrences>
  /** How many occurrences of all enabled jobs are planned when. */
  forecast(query?: ForecastQuery): Promise<Forecast>
  /** Runs what the schedule of a job names in a stretch of the past. */
  backfill(id: number, request: BackfillRequest): Promise<Backfill>
  /** The same writes, told as what they would do; nothing is written. */
  readonly dryRun: DryRuns
  /** What became of an instant (RFC 3339) in the life of a job, and why. */
  explain(id: number, at: string): Promise<Explanation>
  /** What was done to a job, the newest first; also of a deleted job, until retention. */
  listChanges(id: number, page?: Partial<ChangePage>): Promise<Change[]>
  /** Begins to run what is due. */
  start(): Promise<void>
  /**
   * Starts nothing more, waits for what runs, at most `graceMs`, and hands back what is left.
   * Afterwards every result is in the database.
   */
  stop(options?: { graceMs?: number }): Promise<void>
  /** How it is doing, for health checks and metrics. */
  status(): EngineStatus
}

const DEFAULT_GRACE_MS = 30_000
const DEFAULT_LIMIT = 100

export function createScheduler(options: SchedulerOptions): Scheduler {
  const handlers = createHandlerRegistry()
  const http = createHttpPerformer({ now: options.clock.now })
  const engine = createEngine({
    ...options,
    handlers: handlers.names,
    targets: { log: performLog, http: http.perform, handler: handlers.perform }
  })
  const { db, clock, retention } = options
  const core: Core = { ...engine, db, clock, retention }

  core.events.on('runs_settled', ({ runs }) => {
    for (const { run, reason } of runs) {
      if (reason === TARGET_GONE) void pauseGoneTarget(run.job_id)
    }
  })

  const pauseGoneTarget = async (jobId: number): Promise<void> => {
    const reason = 'The target answered 410 Gone.'
    try {
      await pauseJob(core, jobId, { reason })
      core.events.emit('job_paused_by_target', { job_id: jobId, reason })
    } catch (error) {
      // Deleted or finished in the meantime: there is nothing left to pause.
      if (!(error instanceof CarillonError)) {
        core.events.emit('pass_failed', { loop: 'pause', error: messageOf(error) })
      }
    }
  }

  return {
    events: core.events,
    handle: (name, handler) => {
      handlers.add(name, handler)
      // Runs may have been waiting for it.
      engine.wake()
    },
    createJob: (input) => createJob(core, input),
    getJob: (id) => getJob(core, id),
    listJobs: (page = {}) =>
      getJobs(core, { filter: {}, afterId: 0, limit: DEFAULT_LIMIT, ...page }),
    countJobs: (filter = {}) => getJobCount(core, filter),
    updateJob: (id, patch, more = {}) => updateJob(core, id, { patch, ...more }),
    replaceJob: (id, input, more = {}) => replaceJob(core, id, { input, ...more }),
    putJob: (key, input, more = {}) => putJob(core, key, { input, ...more }),
    deleteJob: (id, { running = 'cancel', ...more } = {}) =>
      deleteJob(core, id, { running, ...more }),
    pause: (id, request = {}) => pauseJob(core, id, request),
    skip: (id, count) => skipJob(core, id, count),
    resume: (id, { catch_up: catchUp = false } = {}) => resumeJob(core, id, catchUp),
    run: (id, request = {}) => runJob(core, id, request),
    getRun: (id) => getRun(core, id),
    listRuns: (page = {}) =>
      getRuns(core, { filter: {}, after: null, limit: DEFAULT_LIMIT, ...page }),
    cancelRun: (id) => cancelRun(core, id),
    retryRun: (id) => retryRun(core, id),
    preview: async (input) => previewSchedule(input, core.clock.now()),
    listNext: (id, { count } = {}) => listNext(core, id, count),
    forecast: (query = {}) => forecastJobs(core, query),
    backfill: (id, request) => backfillJob(core, id, request),
    dryRun: createDryRuns(core),
    explain: (id, at) => explainJob(core, id, at),
    listChanges: (id, page = {}) =>
      getChanges(core, id, { beforeId: null, limit: DEFAULT_LIMIT, ...page }),
    start: engine.start,
    stop: async ({ graceMs = DEFAULT_GRACE_MS } = {}) => {
      await engine.stop(graceMs)
      await http.close()
    },
    status: engine.status
  }
}
