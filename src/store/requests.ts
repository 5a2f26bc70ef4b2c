import { Value } from '@sinclair/typebox/value'
import type { Selectable } from 'kysely'
import { StoredAnswer } from '../domain/stored-answer.ts'
import type { Db } from './db.ts'
import type { RequestTable } from './tables.ts'

export type RequestRow = Selectable<RequestTable>

/** A request, by the digest of its key. */
export function findRequest(db: Db, id: string): Promise<RequestRow | undefined> {
  return db.query
    .selectFrom('carillon_requests')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
}

/**
 * Takes a key, which nobody else can have until the transaction ends: on a server, another one that
 * takes the same key waits for that.
 */
export async function insertRequest(trx: Db, row: Omit<RequestRow, 'answer'>): Promise<void> {
  await trx.query.insertInto('carillon_requests').values(row).execute()
}

/** Keeps what was answered. */
export async function saveAnswer(trx: Db, id: string, answer: StoredAnswer): Promise<void> {
  await trx.query
    .updateTable('carillon_requests')
    .set({ answer: JSON.stringify(answer) })
    .where('id', '=', id)
    .execute()
}

/** What was answered to a request. */
export function decodeAnswer(row: RequestRow): StoredAnswer {
  return Value.Decode(StoredAnswer, JSON.parse(row.answer ?? 'null'))
}

/** Gives a key free. */
export async function deleteRequest(trx: Db, id: string): Promise<void> {
  await trx.query.deleteFrom('carillon_requests').where('id', '=', id).execute()
}

/** Deletes requests that nobody repeats any more, at most `limit` of them. */
export async function pruneRequests(db: Db, before: number, limit: number): Promise<void> {
  const rows = await db.query
    .selectFrom('carillon_requests')
    .select('id')
    .where('received_at', '<', before)
    .limit(limit)
    .execute()
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await db.query.deleteFrom('carillon_requests').where('id', 'in', ids).execute()
}
