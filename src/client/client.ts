import type { Change, ChangeAction } from '../domain/change.ts'
import type { FeedEvent } from '../domain/feed-event.ts'
import type { JobSort } from '../domain/job-order.ts'
import type { Job } from '../domain/job.ts'
import type { Run, RunCause, RunState } from '../domain/run.ts'
import type { DryRuns } from '../operations/dry-runs.ts'
import type { JobFilter } from '../store/list-jobs.ts'
import { createCalls, createDryCalls, type SharedCalls } from './calls.ts'
import { listen, type EventsRequest } from './event-stream.ts'
import { createKeyCalls, type ClientKeys } from './keys.ts'
import { pagesOf, type Pages } from './pages.ts'
import { bodyOf, createTransport, type CallOptions, type TransportOptions } from './transport.ts'

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
}

/**
 * A service behind a URL. The calls are those of the scheduler that an application embeds, with the
 * same shapes; lists are read page by page as they are iterated over.
 */
export interface Client extends SharedCalls {
  listJobs(query?: JobsQuery): Pages<Job>
  listRuns(query?: RunsQuery & { job_id?: number }): Pages<Run>
  /** Of one job; also of a deleted one, until retention. */
  listJobRuns(id: number, query?: RunsQuery): Pages<Run>
  /** What was done to a job, the newest first. */
  listChanges(id: number, query?: ChangesQuery): Pages<Change>
  /** What was done to all jobs, the newest first. */
  listAllChanges(query?: ChangesQuery & { actor?: string; job_id?: number }): Pages<Change>
  /** The same writes, told as what they would do; nothing is written. */
  readonly dryRun: DryRuns
  /** What happens, as it happens, until the signal fires or nobody iterates any more. */
  events(request?: EventsRequest): AsyncIterable<FeedEvent>
  /** Of the service itself; an application that embeds the scheduler has none. */
  readonly keys: ClientKeys
  health(): Promise<ServiceHealth>
  /** In the text format of Prometheus. */
  metrics(): Promise<string>
  /** The description of the API, OpenAPI 3.1. */
  openapi(): Promise<Record<string, unknown>>
  /** The same client with a signal, or an idempotency key, for the calls made by it. */
  with(options: CallOptions): Client
}

const DEFAULTS = { url: 'http://localhost:8080', retries: 3, timeoutMs: 30_000 }

/**
 * A client of a service. Requests that were not answered, or that may be tried again, are sent
 * again; a POST carries an `Idempotency-Key`, so that it is carried out once.
 * @throws TypeError for a URL that is none
 */
export function createClient(options: ClientOptions = {}): Client {
  const { apiKey = null, fetch = globalThis.fetch, ...rest } = options
  return clientOf({ ...DEFAULTS, ...rest, apiKey, fetch }, {})
}

function clientOf(options: TransportOptions, callOptions: CallOptions): Client {
  const plain = createTransport(options)
  const transport: typeof plain = {
    send: (call) => plain.send({ ...callOptions, ...call }),
    json: (call) => plain.json({ ...callOptions, ...call })
  }
  const { send, json } = transport
  return {
    ...createCalls(transport),
    dryRun: createDryCalls(transport),
    listJobs: (query = {}) => pagesOf(transport, { path: 'jobs', query: { ...query } }),
    listRuns: (query = {}) => pagesOf(transport, { path: 'runs', query: { ...query } }),
    listJobRuns: (id, query = {}) =>
      pagesOf(transport, { path: `jobs/${id}/runs`, query: { ...query } }),
    listChanges: (id, query = {}) =>
      pagesOf(transport, { path: `jobs/${id}/changes`, query: { ...query } }),
    listAllChanges: (query = {}) => pagesOf(transport, { path: 'changes', query: { ...query } }),
    events: (request = {}) => listen(transport, { ...callOptions, ...request }),
    keys: createKeyCalls(transport),
    health: async () => {
      const response = await send({ path: 'readyz', accept: [503] })
      const { faults = [] } = await bodyOf<{ faults?: string[] }>(response)
      return { ready: response.ok, faults }
    },
    metrics: async () => (await send({ path: 'metrics' })).text(),
    openapi: () => json({ path: 'openapi.json' }),
    with: (more) => clientOf(options, { ...callOptions, ...more })
  }
}
