import type { Clock } from '../domain/clock.ts'
import { listCancelRequests, type CancelRequest } from '../store/cancel-runs.ts'
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
  onCancelRequests(requests: readonly CancelRequest[]): void
  /** Called when another replica has taken over what this one held. */
  onLost(): Promise<void>
}

/** Creates the round that renews the lease and looks for runs to be cancelled. */
export function createHeartbeat(parts: HeartbeatParts): () => Promise<NextPass> {
  const { db, clock, lease } = parts
  let renewAt = clock.now()
  let seenSignals = 0

  const renewIfDue = async (): Promise<boolean> => {
    const now = clock.now()
    const setBack = now < renewAt - parts.renewEveryMs
    if (now < renewAt && !setBack) return true
    if (!(await lease.renew())) return false
    renewAt = clock.now() + parts.renewEveryMs
    return true
  }

  return async () => {
    const signals = (await renewIfDue()) ? await findSignals(db, lease.id()) : undefined
    if (signals === undefined) {
      await parts.onLost()
      seenSignals = 0
    } else if (signals !== seenSignals) {
      seenSignals = signals
      parts.onCancelRequests(await listCancelRequests(db, lease.id()))
    }
    return renewAt
  }
}
