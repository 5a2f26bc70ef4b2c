import type { Clock } from '../domain/clock.ts'
import type { StatsEvent } from '../domain/feed-event.ts'
import type { Db } from '../store/db.ts'
import { findBacklog } from '../store/observe.ts'

/** Counting stops here. */
const MAX_COUNT = 1_000

/** How many runs this replica may have going on, and has. */
export interface Slots {
  slots: number
  slots_used: number
}

/** The numbers of now, `running` among them as it was found. */
export async function readStats(
  { db, clock, slots }: { db: Db; clock: Clock; slots(): Slots },
  running: number
): Promise<StatsEvent> {
  const backlog = await findBacklog(db, clock.now(), MAX_COUNT)
  return { running, due: backlog.count, ...slots() }
}
