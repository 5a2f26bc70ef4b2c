import { sql, type Insertable } from 'kysely'
import type { ApiKeyRow } from './api-key-codec.ts'
import type { Db } from './db.ts'
import { insertedId } from './inserted-id.ts'
import type { KeyTable } from './tables.ts'

/** @returns the id of the new key, which is never used again */
export function insertApiKey(db: Db, row: Insertable<KeyTable>): Promise<number> {
  return insertedId(db, db.query.insertInto('carillon_keys').values(row))
}

/** A key, whatever has become of it. */
export function findApiKey(db: Db, id: number): Promise<ApiKeyRow | undefined> {
  return db.query.selectFrom('carillon_keys').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A page of the keys; `beforeId` is the last id of the page before. */
export interface ApiKeyPage {
  beforeId: number | null
  limit: number
}

/** Keys, the newest first, those that are over among them. */
export function listApiKeys(db: Db, { beforeId, limit }: ApiKeyPage): Promise<ApiKeyRow[]> {
  let query = db.query.selectFrom('carillon_keys').selectAll()
  if (beforeId !== null) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** Ends a key, if nothing has ended it before. */
export async function revokeApiKey(db: Db, id: number, now: number): Promise<void> {
  await db.query
    .updateTable('carillon_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Notes that a key was used, unless a use has been noted since `before`. */
export async function touchApiKey(
  db: Db,
  id: number,
  { now, before }: { now: number; before: number }
): Promise<void> {
  await sql`
    update carillon_keys set last_used_at = ${now}
    where id = ${id} and (last_used_at is null or last_used_at <= ${before})
  `.execute(db.query)
}

/** Whether any key was ever made. */
export async function wasApiKeyMade(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from carillon_keys limit 1`.execute(db.query)
  return rows.length > 0
}

/** Whether there is a key that opens anything. */
export async function hasActiveApiKey(db: Db, now: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from carillon_keys
    where revoked_at is null and (expires_at is null or expires_at > ${now}) limit 1
  `.execute(db.query)
  return rows.length > 0
}
