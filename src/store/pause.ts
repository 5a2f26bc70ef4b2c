import { sql } from 'kysely'
import type { Db } from './db.ts'
import { decodePause, type Pause } from './pause-codec.ts'
import { deleteSetting, findSetting, saveSetting } from './settings.ts'

/**
 * Holds while scheduling is not paused: a condition of each statement that finds what may be recorded
 * or started. On a shared database, what finds it true counts until the pause is acknowledged only to
 * who has locked the row of its replica before ({@link awaitClaims}).
 */
export const goesOn = sql`not exists (select 1 from carillon_settings where name = 'pause')`

/** Null while scheduling goes on. */
export async function findPause(db: Db): Promise<Pause | null> {
  const value = await findSetting(db, 'pause')
  return value === undefined ? null : decodePause(value)
}

export function savePause(db: Db, pause: Pause): Promise<void> {
  return saveSetting(db, 'pause', JSON.stringify(pause))
}

export function deletePause(db: Db): Promise<void> {
  return deleteSetting(db, 'pause')
}

/**
 * Resolves when every transaction is over that began to claim before the pause was committed: each
 * holds the row of its replica, and one that takes it from here on sees the pause. In a file, where one
 * transaction at a time writes, none can be left. To be called after that commit.
 */
export async function awaitClaims(db: Db): Promise<void> {
  if (!db.dialect.isShared) return
  await sql`
    select id from carillon_replicas where expires_at is not null order by id for update
  `.execute(db.query)
}
