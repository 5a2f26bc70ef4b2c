import type { Activity, ActivityRequest } from '../domain/activity.ts'
import type { Forecast, ForecastQuery } from '../domain/forecast.ts'
import type { Backfill, BackfillRequest } from '../domain/backfill.ts'
import type { BulkReport, BulkRequest } from '../domain/bulk.ts'
import type { BulkRunsReport, BulkRunsRequest } from '../domain/bulk-runs.ts'
import type { CrontabReport, CrontabRequest } from '../domain/crontab-report.ts'
import type { Manifest, ManifestReport } from '../domain/manifest.ts'
import type { Caller } from '../domain/caller.ts'
import type { Change } from '../domain/change.ts'
import type { Explanation } from '../domain/explanation.ts'
import type { Job, JobInput, JobPatch } from '../domain/job.ts'
import type { NextOccurrences } from '../domain/next-occurrences.ts'
import { previewSchedule, type Preview, type PreviewInput } from '../domain/preview.ts'
import type { RunLog, RunLogPage } from '../domain/run-log.ts'
import type { RunNeighbours } from '../domain/run-neighbours.ts'
import type { Run } from '../domain/run.ts'
import type { RunHour } from '../domain/run-hours.ts'
import type { SentRequest } from '../domain/sent-request.ts'
import type { TargetTest, TargetTestRequest } from '../domain/target-test.ts'
import type { Core, Precondition } from './core.ts'
import { applyManifest } from './apply-manifest.ts'
import { bulkJobs } from './bulk-jobs.ts'
import { bulkRuns } from './bulk-runs.ts'
import { exportJobs } from './export-jobs.ts'
import { backfillJob } from './backfill-job.ts'
import { cancelRun } from './cancel-run.ts'
import { createJob } from './create-job.ts'
import { deleteJob, type DeleteMode } from './delete-job.ts'
import { forecastJobs } from './forecast-jobs.ts'
import { getRunNeighbours } from './get-run-neighbours.ts'
import { getRunRequest } from './get-run-request.ts'
import { importCrontab } from './import-crontab.ts'
import { listActivity } from './list-activity.ts'
import { listNext } from './list-next.ts'
import { listRunHours } from './list-run-hours.ts'
import { listRunLogs } from './list-run-logs.ts'
import { createDryRuns, type DryRuns } from './dry-runs.ts'
import { together } from './enlist.ts'
import { explainJob } from './explain-job.ts'
import { getAllChanges, getChanges, type ChangesPage } from './list-changes.ts'
import { pauseJob, resumeJob, type PauseRequest } from './pause-job.ts'
import { getJob, getJobCount, getJobs, getRun, getRuns } from './queries.ts'
import { putJob, type PutJob } from './put-job.ts'
import { retryRun } from './retry-run.ts'
import { runJob, type RunRequest } from './run-job.ts'
import { skipJob } from './skip-job.ts'
import { testTarget } from './test-target.ts'
import { replaceJob, updateJob } from './update-job.ts'
import type { AllChangesPage } from '../store/all-changes.ts'
import type { ChangePage } from '../store/changes.ts'
import type { JobFilter, JobPage } from '../store/list-jobs.ts'
import type { RunPage } from '../store/list-runs.ts'

const DEFAULT_LIMIT = 100

/** What can be asked of the scheduler: the same calls for routes and for embedding applications. */
export interface Operations {
  createJob(input: JobInput): Promise<Job>
  getJob(id: number): Promise<Job>
  listJobs(page?: Partial<JobPage>): Promise<Job[]>
  countJobs(filter?: JobFilter): Promise<number>
  updateJob(id: number, patch: JobPatch, options?: Precondition): Promise<Job>
  /** Replaces the whole definition. */
  replaceJob(id: number, input: JobInput, options?: Precondition): Promise<Job>
  /** Creates the job with this key, or replaces it. */
  putJob(key: string, input: JobInput, options?: Precondition): Promise<PutJob>
  /** Makes the jobs with keys what a manifest says: all of it, or nothing. */
  apply(manifest: Manifest): Promise<ManifestReport>
  /** Turns the lines of a crontab into jobs: all of it, or nothing. */
  importCrontab(request: CrontabRequest): Promise<CrontabReport>
  /** Every job as it was defined, to be kept or applied elsewhere; with a tag, those that have it. */
  exportJobs(options?: { tag?: string }): AsyncIterable<JobInput>
  /** Does the same to many jobs; those that refuse are reported. */
  bulk(request: BulkRequest): Promise<BulkReport>
  deleteJob(id: number, options?: { running?: DeleteMode } & Precondition): Promise<void>
  pause(id: number, request?: PauseRequest): Promise<Job>
  /** Skips the next `count` occurrences; 0 takes back what is left to be skipped. */
  skip(id: number, count: number): Promise<Job>
  resume(id: number, options?: { catch_up?: boolean }): Promise<Job>
  run(id: number, request?: RunRequest): Promise<Run>
  getRun(id: number): Promise<Run>
  listRuns(page?: Partial<RunPage>): Promise<Run[]>
  /** What became of what was due in each of the last hours; 24, or at most 168. */
  listRunHours(options?: { hours?: number }): Promise<RunHour[]>
  /** What an attempt of a run sends, the last one if none is named, without what is secret. */
  getRunRequest(id: number, options?: { attempt?: number }): Promise<SentRequest>
  /** What the handler of a run logged, from the first line or after a `cursor`. */
  listRunLogs(id: number, page?: RunLogPage): Promise<RunLog>
  /** The runs of the same job before and after a run. */
  getRunNeighbours(id: number): Promise<RunNeighbours>
  cancelRun(id: number): Promise<Run>
  /** Gives a run that failed or was cancelled one more attempt. */
  retryRun(id: number): Promise<Run>
  /** Tries again or cancels the newest 1,000 runs of a filter; those that refuse are reported. */
  bulkRuns(request: BulkRunsRequest): Promise<BulkRunsReport>
  /** What a schedule means that is not stored: in words, as occurrences, with warnings. */
  preview(input: PreviewInput): Promise<Preview>
  /** The occurrences of a job that are to come; 5, or at most 100. */
  listNext(id: number, options?: { count?: number }): Promise<NextOccurrences>
  /** The schedules in words and the last runs of up to 100 jobs; 20 runs of each, or at most 50. */
  listActivity(request: ActivityRequest): Promise<Activity[]>
  /** How many occurrences of all enabled jobs are planned when. */
  forecast(query?: ForecastQuery): Promise<Forecast>
  /** Runs what the schedule of a job names in a stretch of the past. */
  backfill(id: number, request: BackfillRequest): Promise<Backfill>
  /** Sends the request of an `http` target once, now, without a run; waits for 30 s at most. */
  testTarget(request: TargetTestRequest): Promise<TargetTest>
  /** The same writes, told as what they would do; nothing is written. */
  readonly dryRun: DryRuns
  /** What became of an instant (RFC 3339) in the life of a job, and why. */
  explain(id: number, at: string): Promise<Explanation>
  /**
   * Carries out several operations as one transaction: all of them are done when this resolves, or
   * none. `work` is called again when another transaction was in the way, so it must not act
   * elsewhere. What is created in it starts after it; a dry run cannot be a part of it.
   */
  together<Result>(work: (operations: Operations) => Promise<Result>): Promise<Result>
  /** What was done to a job, the newest first; also of a deleted job, until retention. */
  listChanges(id: number, page?: Partial<ChangePage>): Promise<Change[]>
  /** What was done to all jobs, the newest first. */
  listAllChanges(page?: Partial<AllChangesPage>): Promise<ChangesPage>
  /** The same calls in the name of somebody, whom the changes that they make are noted with. */
  as(caller: Caller): Operations
}

/** The operations on a database, or as parts of a transaction on it. */
export function createOperations(core: Core): Operations {
  return {
    createJob: (input) => createJob(core, input),
    getJob: (id) => getJob(core, id),
    listJobs: (page = {}) =>
      getJobs(core, { filter: {}, sort: 'id', after: null, limit: DEFAULT_LIMIT, ...page }),
    countJobs: (filter = {}) => getJobCount(core, filter),
    updateJob: (id, patch, more = {}) => updateJob(core, id, { patch, ...more }),
    replaceJob: (id, input, more = {}) => replaceJob(core, id, { input, ...more }),
    putJob: (key, input, more = {}) => putJob(core, key, { input, ...more }),
    apply: (manifest) => applyManifest(core, manifest),
    importCrontab: (request) => importCrontab(core, request),
    exportJobs: ({ tag } = {}) => exportJobs(core, tag),
    bulk: (request) => bulkJobs(core, request),
    deleteJob: (id, { running = 'cancel', ...more } = {}) =>
      deleteJob(core, id, { running, ...more }),
    pause: (id, request = {}) => pauseJob(core, id, request),
    skip: (id, count) => skipJob(core, id, count),
    resume: (id, { catch_up: catchUp = false } = {}) => resumeJob(core, id, catchUp),
    run: (id, request = {}) => runJob(core, id, request),
    getRun: (id) => getRun(core, id),
    listRuns: (page = {}) =>
      getRuns(core, { filter: {}, after: null, limit: DEFAULT_LIMIT, ...page }),
    listRunHours: ({ hours } = {}) => listRunHours(core, hours),
    getRunRequest: (id, options = {}) => getRunRequest(core, id, options),
    listRunLogs: (id, page = {}) => listRunLogs(core, id, page),
    getRunNeighbours: (id) => getRunNeighbours(core, id),
    cancelRun: (id) => cancelRun(core, id),
    retryRun: (id) => retryRun(core, id),
    bulkRuns: (request) => bulkRuns(core, request),
    preview: async (input) => previewSchedule(input, core.clock.now()),
    listNext: (id, { count } = {}) => listNext(core, id, count),
    listActivity: (request) => listActivity(core, request),
    forecast: (query = {}) => forecastJobs(core, query),
    backfill: (id, request) => backfillJob(core, id, request),
    testTarget: (request) => testTarget(core, request),
    dryRun: createDryRuns(core),
    explain: (id, at) => explainJob(core, id, at),
    together: (work) => together(core, (inner) => work(createOperations(inner))),
    listChanges: (id, page = {}) =>
      getChanges(core, id, { beforeId: null, limit: DEFAULT_LIMIT, ...page }),
    listAllChanges: (page = {}) =>
      getAllChanges(core, { filter: {}, beforeId: null, limit: DEFAULT_LIMIT, ...page }),
    as: (caller) => createOperations({ ...core, caller })
  }
}
