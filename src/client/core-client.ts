import type { Access } from '../domain/access.ts'
import type { Change, ChangeAction } from '../domain/change.ts'
import type { JobSort } from '../domain/job-order.ts'
import type { Job } from '../domain/job.ts'
import type { Run, RunCause, RunState } from '../domain/run.ts'
import type { JobFilter } from '../store/list-jobs.ts'
import { createCalls, createDryCalls, type SharedCalls, type SharedDryRuns } from './calls.ts'
import { pagesOf, type Pages } from './pages.ts'
import { createSystemCalls, type SystemCalls } from './system.ts'
import {
  bodyOf,
  createTransport,
  type CallOptions,
  type Transport,
  type TransportOptions
} from './transport.ts'

/** All of it has defaults. */
export interface ClientOptions extends Partial<Omit<TransportOptions, 'apiKey'>> {
  apiKey?: string | null
}

interface PageQuery {
  /** Items on a page; 100, or at most 1,000. */
  limit?: number
  cursor?: string
}

export interface JobsQuery extends JobFilter, PageQuery {
  sort?: JobSort
  /** Whether pages say how many jobs there are on all of them. */
  count?: boolean
}

export interface RunsQuery extends PageQuery {
  state?: RunState
  cause?: RunCause
  /** Why they are in their state; needs `state`, or one job. */
  reason?: string
  /** Scheduled at or after, and before; RFC 3339. */
  from?: string
  to?: string
}

export interface ChangesQuery extends PageQuery {
  /** Only what was done in this way. */
  action?: ChangeAction
}

/** Whether the service can do its work; sentences that say what is wrong. */
export interface ServiceHealth {
  ready: boolean
  faults: string[]
  /** Whether all scheduling is paused, as far as a service that is ready says. */
  paused: boolean
}

/** What the page of the service asks for. */
export interface CoreCalls extends SharedCalls, SystemCalls {
  listJobs(query?: JobsQuery): Pages<Job>
  listRuns(query?: RunsQuery & { job_id?: number }): Pages<Run>
  /** Of one job; also of a deleted one, until retention. */
  listJobRuns(id: number, query?: RunsQuery): Pages<Run>
  /** What was done to a job, the newest first. */
  listChanges(id: number, query?: ChangesQuery): Pages<Change>
  /** What was done to all jobs, the newest first. */
  listAllChanges(query?: ChangesQuery & { actor?: string; job_id?: number }): Pages<Change>
  /** The same writes, told as what they would do; nothing is written. */
  readonly dryRun: SharedDryRuns
  /** What the key of this client may do, and whose it is. */
  access(): Promise<Access>
  health(): Promise<ServiceHealth>
}

/** A client that a page loads: what only programs want is not a part of it. */
export interface CoreClient extends CoreCalls {
  /** The same client with a signal, or an idempotency key, for the calls made by it. */
  with(options: CallOptions): CoreClient
}

interface HealthBody {
  faults?: string[]
  scheduling?: string
}

const DEFAULTS = { url: 'http://localhost:8080', retries: 3, timeoutMs: 30_000 }

/** @throws TypeError for a URL that is none */
export function createCoreClient(options: ClientOptions = {}): CoreClient {
  return clientOf(withDefaults(options), {})
}

function clientOf(options: TransportOptions, callOptions: CallOptions): CoreClient {
  return {
    ...createCoreCalls(transportOf(options, callOptions)),
    with: (more) => clientOf(options, { ...callOptions, ...more })
  }
}

export function withDefaults({
  apiKey = null,
  fetch = globalThis.fetch,
  ...rest
}: ClientOptions): TransportOptions {
  return { ...DEFAULTS, ...rest, apiKey, fetch }
}

/** A transport whose calls have these options, unless they say otherwise. */
export function transportOf(options: TransportOptions, callOptions: CallOptions): Transport {
  const { send, json } = createTransport(options)
  return {
    send: (call) => send({ ...callOptions, ...call }),
    json: (call) => json({ ...callOptions, ...call })
  }
}

export function createCoreCalls(transport: Transport): CoreCalls {
  const { send, json } = transport
  return {
    ...createCalls(transport),
    ...createSystemCalls(transport),
    dryRun: createDryCalls(transport),
    listJobs: (query = {}) => pagesOf(transport, { path: 'jobs', query: { ...query } }),
    listRuns: (query = {}) => pagesOf(transport, { path: 'runs', query: { ...query } }),
    listJobRuns: (id, query = {}) =>
      pagesOf(transport, { path: `jobs/${id}/runs`, query: { ...query } }),
    listChanges: (id, query = {}) =>
      pagesOf(transport, { path: `jobs/${id}/changes`, query: { ...query } }),
    listAllChanges: (query = {}) => pagesOf(transport, { path: 'changes', query: { ...query } }),
    access: () => json({ path: 'access' }),
    health: async () => {
      const response = await send({ path: 'readyz', accept: [503] })
      const { faults = [], scheduling } = await bodyOf<HealthBody>(response)
      return { ready: response.ok, faults, paused: scheduling === 'paused' }
    }
  }
}
