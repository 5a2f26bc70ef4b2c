import type { Selectable } from 'kysely'
import type { Change, ChangeAction } from '../domain/change.ts'
import { formatInstant } from '../domain/instant.ts'
import type { ChangeTable } from './tables.ts'

/** In the place of a job's id, for what was done to no job: none has it. */
export const NO_JOB = 0

export type ChangeRow = Selectable<ChangeTable>

/** The detail of a change: plain JSON that this scheduler wrote itself. */
export function decodeDetail(row: ChangeRow): Record<string, unknown> {
  return row.detail === null ? {} : (JSON.parse(row.detail) as Record<string, unknown>)
}

export function toChange(row: ChangeRow): Change {
  return {
    id: row.id,
    job_id: row.job_id === NO_JOB ? null : row.job_id,
    at: formatInstant(row.at),
    action: row.action as ChangeAction,
    actor: row.actor,
    address: row.address,
    version: row.version,
    detail: row.detail === null ? null : decodeDetail(row)
  }
}
