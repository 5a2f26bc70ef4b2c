import type { Clock } from '../src/domain/clock.ts'
import { systemClock } from '../src/engine/clock.ts'
import { createServerClock } from '../src/engine/server-clock.ts'
import type { Database } from '../src/store/db.ts'

/** The clock in force, and how far that of this machine is ahead of it. */
export interface ClockInForce {
  clock: Clock
  skewMs(): number
  stop(): void
}

/**
 * The clock given, if one is; else that of the database server where replicas share one, of this
 * machine where the database is a file on it.
 */
export async function clockOf(db: Database, given: Clock | undefined): Promise<ClockInForce> {
  if (given !== undefined || !db.dialect.isShared) {
    return { clock: given ?? systemClock, skewMs: () => 0, stop: () => undefined }
  }
  const clock = await createServerClock(db, { clock: systemClock })
  return { clock, skewMs: () => clock.skewMs(), stop: () => clock.stop() }
}
