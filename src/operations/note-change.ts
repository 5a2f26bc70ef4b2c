import type { Change } from '../domain/change.ts'
import { insertChange, type NewChange } from '../store/changes.ts'
import type { Db } from '../store/db.ts'
import type { Core } from './core.ts'

/**
 * Notes what is done to a job in the transaction that does it, in the name of who asked for it.
 * @returns what `job_changed` is to tell after the commit
 */
export function noteChange(
  core: Core,
  trx: Db,
  change: Omit<NewChange, 'caller'>
): Promise<Change> {
  return insertChange(trx, { ...change, caller: core.caller })
}
