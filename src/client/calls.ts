import type { BulkRequest } from '../domain/bulk.ts'
import type { BulkRunsRequest } from '../domain/bulk-runs.ts'
import type { CrontabRequest } from '../domain/crontab-report.ts'
import type { JobInput, JobPatch } from '../domain/job.ts'
import type { Manifest } from '../domain/manifest.ts'
import type { DryRuns } from '../operations/dry-runs.ts'
import type { Operations } from '../operations/operations.ts'
import type { PauseRequest } from '../operations/pause-job.ts'
import type { RunRequest } from '../operations/run-job.ts'
import { bodyOf, type Call, type Transport } from './transport.ts'

/** The calls that are the same whether the scheduler is in this process or behind a URL. */
export type SharedCalls = Omit<
  Operations,
  'listJobs' | 'listRuns' | 'listChanges' | 'listAllChanges' | 'together' | 'as' | 'dryRun'
>

/** What the service itself waits for a target that is tried. */
const TEST_MS = 30_000

/** Sends each call of the scheduler as the request that it is. */
export function createCalls({ send, json }: Transport): SharedCalls {
  return {
    ...createWrites(json, {}),
    getJob: (id) => json({ path: `jobs/${id}` }),
    putJob: async (key, input, options = {}) => {
      const response = await send(putCall(key, input, options))
      return { job: await bodyOf(response), created: response.status === 201 }
    },
    deleteJob: async (id, options = {}) => {
      await send(deleteCall(id, options))
    },
    countJobs: async (filter = {}) => {
      const query = { ...filter, limit: 1, count: true }
      const { headers } = await send({ path: 'jobs', query })
      return Number(headers.get('x-total-count'))
    },
    exportJobs: (query = {}) => exported(json, { path: 'jobs/export', query, isStream: true }),
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
    backfill: (id, body) => json({ method: 'POST', path: `jobs/${id}/backfill`, body }),
    testTarget: (body) =>
      json({ method: 'POST', path: 'targets/test', body, isSentOnce: true, extraMs: TEST_MS }),
    explain: (id, at) => json({ path: `jobs/${id}/explain`, query: { at } })
  }
}

/** The same writes, answered with what they would do. */
export function createDryCalls({ json }: Transport): DryRuns {
  const query = { dry_run: true }
  return {
    ...createWrites(json, query),
    putJob: (key, input, options = {}) => json({ ...putCall(key, input, options), query }),
    deleteJob: (id, options = {}) => {
      const call = deleteCall(id, options)
      return json({ ...call, query: { ...call.query, ...query } })
    }
  }
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

function putCall(key: string, body: JobInput, options: Versions): Call {
  const path = `jobs/by-key/${encodeURIComponent(key)}`
  return { method: 'PUT', path, body, headers: ifMatch(options) }
}

function deleteCall(id: number, { running, ...options }: Versions & { running?: string }): Call {
  return { method: 'DELETE', path: `jobs/${id}`, query: { running }, headers: ifMatch(options) }
}

interface Versions {
  versions?: readonly number[]
}

/** Lets a job be changed only at these versions. */
function ifMatch({ versions }: Versions): Record<string, string> {
  if (versions === undefined) return {}
  // A tag that no job has, for "at no version".
  const tags = versions.length === 0 ? ['none'] : versions.map(String)
  return { 'if-match': tags.map((tag) => `"${tag}"`).join(', ') }
}

async function* exported(json: Transport['json'], call: Call): AsyncGenerator<JobInput> {
  const { jobs } = await json<{ jobs: JobInput[] }>(call)
  yield* jobs
}
