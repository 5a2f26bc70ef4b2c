import type { BulkRequest } from '../domain/bulk.ts'
import type { BulkRunsRequest } from '../domain/bulk-runs.ts'
import type { CrontabRequest } from '../domain/crontab-report.ts'
import type { JobInput, JobPatch } from '../domain/job.ts'
import type { Manifest } from '../domain/manifest.ts'
import type { DryRuns } from '../operations/dry-runs.ts'
import type { Operations } from '../operations/operations.ts'
import type { PauseRequest } from '../operations/pause-job.ts'
import type { RunRequest } from '../operations/run-job.ts'
import type { Call, Transport } from './transport.ts'

/** What programs ask of the scheduler, and no page does: its script need not hold it. */
export type ProgramOperation = 'putJob' | 'countJobs' | 'exportJobs' | 'backfill' | 'explain'

/** The calls that are the same whether the scheduler is in this process or behind a URL. */
export type SharedCalls = Omit<
  Operations,
  | 'listJobs'
  | 'listRuns'
  | 'listChanges'
  | 'listAllChanges'
  | 'together'
  | 'as'
  | 'dryRun'
  | ProgramOperation
>

/** The writes of which a page asks what they would do. */
export type SharedDryRuns = Omit<DryRuns, 'putJob' | 'deleteJob'>

/** What the service itself waits for a target that is tried. */
const TEST_MS = 30_000

/** Sends each call of the scheduler as the request that it is. */
export function createCalls({ send, json }: Transport): SharedCalls {
  return {
    ...createWrites(json, {}),
    getJob: (id) => json({ path: `jobs/${id}` }),
    deleteJob: async (id, options = {}) => {
      await send(deleteCall(id, options))
    },
    getRun: (id) => json({ path: `runs/${id}` }),
    listRunHours: (query = {}) => json({ path: 'runs/hourly', query }),
    getRunRequest: (id, query = {}) => json({ path: `runs/${id}/request`, query }),
    listRunLogs: (id, query = {}) => json({ path: `runs/${id}/logs`, query: { ...query } }),
    getRunNeighbours: (id) => json({ path: `runs/${id}/neighbours` }),
    cancelRun: (id) => json({ method: 'POST', path: `runs/${id}/cancel` }),
    retryRun: (id) => json({ method: 'POST', path: `runs/${id}/retry` }),
    preview: (body) => json({ method: 'POST', path: 'schedules/preview', body }),
    listNext: (id, query = {}) => json({ path: `jobs/${id}/next`, query }),
    listActivity: ({ ids, runs }) =>
      json({ path: 'jobs/activity', query: { ids: ids.join(','), runs } }),
    forecast: (query = {}) => json({ path: 'forecast', query }),
    testTarget: (body) =>
      json({ method: 'POST', path: 'targets/test', body, isSentOnce: true, extraMs: TEST_MS })
  }
}

/** Sent with a write, so that it is answered with what it would do. */
export const DRY_RUN = { dry_run: true }

/** The same writes, answered with what they would do. */
export function createDryCalls({ json }: Transport): SharedDryRuns {
  return createWrites(json, DRY_RUN)
}

/**
 * The writes whose answer is their body: that of the write itself or, with `dry_run` in the query,
 * of what it would do.
 */
function createWrites(json: Transport['json'], query: NonNullable<Call['query']>) {
  const post = <Answer>(path: string, body: unknown): Promise<Answer> =>
    json({ method: 'POST', path, body, query })
  const change = <Answer>(
    method: 'PATCH' | 'PUT',
    id: number,
    { body, ...options }: Versions & { body: unknown }
  ): Promise<Answer> => json({ method, path: `jobs/${id}`, body, query, headers: ifMatch(options) })
  return {
    createJob: <Answer>(body: JobInput) => post<Answer>('jobs', body),
    updateJob: <Answer>(id: number, body: JobPatch, options: Versions = {}) =>
      change<Answer>('PATCH', id, { body, ...options }),
    replaceJob: <Answer>(id: number, body: JobInput, options: Versions = {}) =>
      change<Answer>('PUT', id, { body, ...options }),
    apply: <Answer>(body: Manifest) => post<Answer>('jobs/apply', body),
    importCrontab: <Answer>(body: CrontabRequest) => post<Answer>('import/crontab', body),
    bulk: <Answer>(body: BulkRequest) => post<Answer>('jobs/bulk', body),
    bulkRuns: <Answer>(body: BulkRunsRequest) => post<Answer>('runs/bulk', body),
    pause: <Answer>(id: number, body: PauseRequest = {}) => post<Answer>(`jobs/${id}/pause`, body),
    resume: <Answer>(id: number, body: { catch_up?: boolean } = {}) =>
      post<Answer>(`jobs/${id}/resume`, body),
    skip: <Answer>(id: number, count: number) => post<Answer>(`jobs/${id}/skip`, { count }),
    run: <Answer>(id: number, body: RunRequest = {}) => post<Answer>(`jobs/${id}/run`, body)
  }
}

/** Deletes a job; at these versions only, if any are given. */
export function deleteCall(
  id: number,
  { running, ...options }: Versions & { running?: string }
): Call {
  return { method: 'DELETE', path: `jobs/${id}`, query: { running }, headers: ifMatch(options) }
}

/** The only ones that a job may have to be changed. */
export interface Versions {
  versions?: readonly number[]
}

/** Lets a job be changed only at these versions. */
export function ifMatch({ versions }: Versions): Record<string, string> {
  if (versions === undefined) return {}
  // A tag that no job has, for "at no version".
  const tags = versions.length === 0 ? ['none'] : versions.map(String)
  return { 'if-match': tags.map((tag) => `"${tag}"`).join(', ') }
}
