import type { Clock } from '../../src/domain/clock.ts'
import type { Db } from '../../src/store/db.ts'
import { findServerTime } from '../../src/store/server-time.ts'

/** The time by which replicas of a database go, in epoch milliseconds. */
export async function nowOf(db: Db, clock: Clock): Promise<number> {
  return db.dialect.isShared ? findServerTime(db) : clock.now()
}
