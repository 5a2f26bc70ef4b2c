import type { JobInput } from '../domain/job.ts'
import type { DryRuns } from '../operations/dry-runs.ts'
import type { Operations } from '../operations/operations.ts'
import {
  createDryCalls,
  deleteCall,
  DRY_RUN,
  ifMatch,
  type ProgramOperation,
  type Versions
} from './calls.ts'
import { bodyOf, type Call, type Transport } from './transport.ts'

/** What only programs ask for, and all writes told as what they would do; nothing is written. */
export interface ProgramCalls extends Pick<Operations, ProgramOperation> {
  readonly dryRun: DryRuns
}

export function createProgramCalls(transport: Transport): ProgramCalls {
  const { send, json } = transport
  return {
    putJob: async (key, input, options = {}) => {
      const response = await send(putCall(key, input, options))
      return { job: await bodyOf(response), created: response.status === 201 }
    },
    countJobs: async (filter = {}) => {
      const query = { ...filter, limit: 1, count: true }
      const { headers } = await send({ path: 'jobs', query })
      return Number(headers.get('x-total-count'))
    },
    exportJobs: (query = {}) => exported(json, { path: 'jobs/export', query, isStream: true }),
    backfill: (id, body) => json({ method: 'POST', path: `jobs/${id}/backfill`, body }),
    explain: (id, at) => json({ path: `jobs/${id}/explain`, query: { at } }),
    dryRun: {
      ...createDryCalls(transport),
      putJob: (key, input, options = {}) =>
        json({ ...putCall(key, input, options), query: DRY_RUN }),
      deleteJob: (id, options = {}) => {
        const call = deleteCall(id, options)
        return json({ ...call, query: { ...call.query, ...DRY_RUN } })
      }
    }
  }
}

function putCall(key: string, body: JobInput, options: Versions): Call {
  const path = `jobs/by-key/${encodeURIComponent(key)}`
  return { method: 'PUT', path, body, headers: ifMatch(options) }
}

async function* exported(json: Transport['json'], call: Call): AsyncGenerator<JobInput> {
  const { jobs } = await json<{ jobs: JobInput[] }>(call)
  yield* jobs
}
