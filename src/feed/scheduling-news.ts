import type { Clock } from '../domain/clock.ts'
import { formatInstantOrNull } from '../domain/instant.ts'
import { idleSince, type SchedulingEvent } from '../domain/scheduling.ts'
import type { Db } from '../store/db.ts'
import { findPause } from '../store/pause.ts'
import { toScheduling } from '../store/pause-codec.ts'
import { findLastPass } from '../store/recent-replicas.ts'

export interface SchedulingNewsParts {
  db: Db
  clock: Clock
  /** Epoch milliseconds of this replica's last look for what is due; null before the first. */
  lastPassAt(): number | null
  leaseMs: number
}

/** Tells whether scheduling goes on, and whether anybody carries it out. */
export interface SchedulingNews {
  /** As it was at the last look. */
  now(): SchedulingEvent
  /** @returns what is another than at the look before; null when nothing is */
  look(): Promise<SchedulingEvent | null>
}

export async function followScheduling(parts: SchedulingNewsParts): Promise<SchedulingNews> {
  const { db, clock, leaseMs } = parts
  // Where nobody has said so, it is as if somebody had looked right before.
  const startedAt = clock.now()

  const read = async (): Promise<SchedulingEvent> => {
    const pause = await findPause(db)
    const passes = [parts.lastPassAt(), await findLastPass(db)].filter((at) => at !== null)
    const lastPassAt = passes.length === 0 ? startedAt : Math.max(...passes)
    const idle = idleSince(lastPassAt, clock.now(), leaseMs)
    return { ...toScheduling(pause), idle_since: formatInstantOrNull(idle) }
  }

  let told = await read()
  return {
    now: () => told,
    look: async () => {
      const before = JSON.stringify(told)
      told = await read()
      return JSON.stringify(told) === before ? null : told
    }
  }
}
