import type { Selectable } from 'kysely'
import type { Change, ChangeAction } from '../domain/change.ts'
import { formatInstant } from '../domain/instant.ts'
import type { ChangeTable } from './tables.ts'

export type ChangeRow = Selectable<ChangeTable>

/** The detail of a change: plain JSON that this scheduler wrote itself. */
export function decodeDetail(row: ChangeRow): Record<string, unknown> {
  return row.detail === null ? {} : (JSON.parse(row.detail) as Record<string, unknown>)
}

export function toChange(row: ChangeRow): Change {
  return {
    id: row.id,
    job_id: row.job_id,
    at: formatInstant(row.at),
    action: row.action as ChangeAction,
    actor: row.actor,
    address: row.address,
    version: row.version,
    detail: row.detail === null ? null : decodeDetail(row)
  }
}
