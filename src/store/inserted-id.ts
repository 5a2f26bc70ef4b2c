import type { InsertQueryBuilder, InsertResult } from 'kysely'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** Inserts one row and returns its new id. */
export async function insertedId<
  Table extends 'carillon_jobs' | 'carillon_replicas' | 'carillon_changes' | 'carillon_keys'
>(db: Db, insert: InsertQueryBuilder<Tables, Table, InsertResult>): Promise<number> {
  if (db.query.getExecutor().adapter.supportsReturning) {
    const { id } = await insert.returning<'id'>('id').executeTakeFirstOrThrow()
    return id
  }
  const { insertId } = await insert.executeTakeFirstOrThrow()
  return Number(insertId)
}
