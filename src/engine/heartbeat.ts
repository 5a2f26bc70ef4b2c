import type { Clock } from '../domain/clock.ts'
import { listCancelRequests } from '../store/cancel-runs.ts'
import type { Db } from '../store/db.ts'
import { findSignals } from '../store/replicas.ts'
import type { NextPass } from './loop.ts'
import type { Lease } from './replica.ts'

export interface HeartbeatParts {
  db: Db
  clock: Clock
  lease: Lease
  renewEveryMs: number
  /** Called with the runs that another replica asked to be cancelled. */
  onCancelRequests(runIds: readonly number[]): void
  /** Called when another replica has taken over what this one held. */
  onLost(): Promise<void>
}

/** Creates the round that renews the lease and looks for runs to be cancelled. */
export function createHeartbeat(parts: HeartbeatParts): () => Promise<NextPass> {
  const { db, clock, lease } = parts
  let renewAt = clock.now()
  let seenSignals = 0

  return async () => {
    if (clock.now() >= renewAt) {
      if (!(await lease.renew())) {
        seenSignals = 0
        await parts.onLost()
      }
      renewAt = clock.now() + parts.renewEveryMs
    }
    const signals = await findSignals(db, lease.id())
    if (signals !== undefined && signals !== seenSignals) {
      seenSignals = signals
      parts.onCancelRequests(await listCancelRequests(db, lease.id()))
    }
    return renewAt
  }
}
