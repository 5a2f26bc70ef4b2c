import type { Insertable } from 'kysely'
import { sql } from 'kysely'
import type { Db } from './db.ts'
import { insertedId } from './inserted-id.ts'
import type { ReplicaTable } from './tables.ts'

/** @returns the id of the new replica, which is never used again */
export function insertReplica(db: Db, row: Insertable<ReplicaTable>): Promise<number> {
  return insertedId(db, db.query.insertInto('carillon_replicas').values(row))
}

/**
 * Renews the lease over everything that the replica holds: one update of one row, whatever the
 * number of runs. With it goes when the replica last looked for what is due. @returns false when the replica was found dead before; it must stop its runs.
 */
export async function renewLease(
  db: Db,
  id: number,
  { expiresAt, passedAt }: { expiresAt: number; passedAt: number | null }
): Promise<boolean> {
  const { numUpdatedRows } = await db.query
    .updateTable('carillon_replicas')
    .set({ expires_at: expiresAt, passed_at: passedAt })
    .where('id', '=', id)
    .where('stopped_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * How often runs of this replica were to be cancelled; undefined when it has stopped or was found
 * dead. In a transaction it stays alive until the transaction ends.
 */
export async function findSignals(db: Db, id: number): Promise<number | undefined> {
  const { rows } = await sql<{ signals: number }>`
    select signals from carillon_replicas where id = ${id} and stopped_at is null
    ${db.query.isTransaction ? db.dialect.forShare : sql``}
  `.execute(db.query)
  return rows[0]?.signals
}

/**
 * Marks a replica as stopped; from here on its id writes no result. With the end of its lease as it
 * was seen, one that has renewed it since is left alone.
 */
export async function stopReplica(
  db: Db,
  id: number,
  { now, seenExpiry }: { now: number; seenExpiry?: number }
): Promise<void> {
  let update = db.query
    .updateTable('carillon_replicas')
    .set({ stopped_at: now, expires_at: null })
    .where('id', '=', id)
    .where('stopped_at', 'is', null)
  if (seenExpiry !== undefined) update = update.where('expires_at', '=', seenExpiry)
  await update.execute()
}

/** A replica that has not stopped in order. */
export interface LiveReplica {
  id: number
  name: string
  host: string
  pid: number
  version: string
  started_at: number
  expires_at: number
}

/** Replicas that have not stopped, dead ones among them. */
export async function listReplicas(db: Db): Promise<LiveReplica[]> {
  const { rows } = await sql<LiveReplica>`
    select id, name, host, pid, version, started_at, expires_at
    from carillon_replicas where expires_at is not null
  `.execute(db.query)
  return rows
}

/** Replicas that are gone but still own runs: some of their rescue is left to do. */
export async function listDeadOwners(db: Db): Promise<number[]> {
  const { rows } = await sql<{ owner: number }>`
    select distinct owner from carillon_runs where owner is not null
      and owner not in (select id from carillon_replicas where stopped_at is null)
  `.execute(db.query)
  return rows.map((row) => row.owner)
}
