import type { Caller } from '../domain/caller.ts'
import type { Change, ChangeAction } from '../domain/change.ts'
import { toChange, type ChangeRow } from './change-codec.ts'
import type { Db } from './db.ts'
import { insertedId } from './inserted-id.ts'

export interface NewChange {
  /** `NO_JOB` for what is done to the scheduling of all jobs. */
  jobId: number
  /** Epoch milliseconds. */
  at: number
  action: ChangeAction
  /** Who asked for it. */
  caller: Caller
  /** The version of the job after the change. */
  version: number
  /** What was changed; plain JSON. */
  detail: Record<string, unknown> | null
}

/** Notes what was done to a job, in the transaction that does it. */
export async function insertChange(db: Db, change: NewChange): Promise<Change> {
  const row = {
    job_id: change.jobId,
    at: change.at,
    action: change.action,
    actor: change.caller.actor,
    address: change.caller.address,
    version: change.version,
    detail: change.detail === null ? null : JSON.stringify(change.detail)
  }
  const id = await insertedId(db, db.query.insertInto('carillon_changes').values(row))
  return toChange({ id, ...row })
}

/** A page of the changes of a job; `beforeId` is the last id of the page before. */
export interface ChangePage {
  beforeId: number | null
  limit: number
  /** Only those that did this. */
  action?: ChangeAction | undefined
}

/** The changes of a job, the newest first. Keyset: every page costs the same. */
export function listChanges(
  db: Db,
  jobId: number,
  { beforeId, limit, action }: ChangePage
): Promise<ChangeRow[]> {
  let query = db.query.selectFrom('carillon_changes').selectAll().where('job_id', '=', jobId)
  if (action !== undefined) query = query.where('action', '=', action)
  if (beforeId !== null) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** The change that made or ended a job. */
export function findChange(
  db: Db,
  jobId: number,
  action: Extract<ChangeAction, 'created' | 'deleted'>
): Promise<ChangeRow | undefined> {
  return db.query
    .selectFrom('carillon_changes')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('action', '=', action)
    .orderBy('id', action === 'created' ? 'asc' : 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The last pause or resumption of a job before an instant, and the first resumption after it. */
export async function findPauseChanges(
  db: Db,
  jobId: number,
  at: number
): Promise<{ last: ChangeRow | undefined; resumed: ChangeRow | undefined }> {
  const changes = db.query.selectFrom('carillon_changes').selectAll().where('job_id', '=', jobId)
  const last = await changes
    .where('action', 'in', ['paused', 'resumed'])
    .where('at', '<', at)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last?.action !== 'paused') return { last, resumed: undefined }
  const resumed = await changes
    .where('action', '=', 'resumed')
    .where('id', '>', last.id)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return { last, resumed }
}
