import type { Clock } from '../../domain/clock.ts'
import type { EventHub } from '../../engine/events.ts'
import type { Db } from '../../store/db.ts'

/** What the operations on keys work with. */
export interface KeyCore {
  readonly db: Db
  readonly clock: Clock
  readonly events: EventHub
}
