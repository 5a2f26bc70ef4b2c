import type { Clock } from '../domain/clock.ts'
import type { Db } from '../store/db.ts'
import { listDeadOwners, listReplicas, stopReplica } from '../store/replicas.ts'
import type { EventHub, SettledRun } from './events.ts'
import { createPruner } from './pruner.ts'
import { isDead, type ReplicaIdentity } from './replica.ts'
import { rescueRuns } from './rescue.ts'
import type { Strays } from './stray-runs.ts'

/**
 * Rounds in the length of a lease: with 30 s one every 2 s, well under the five seconds after its
 * end in which a dead replica is noticed.
 */
const ROUNDS_PER_LEASE = 15

export interface JanitorParts {
  db: Db
  clock: Clock
  events: EventHub
  strays: Strays
  /** The id under which this replica holds runs. */
  owner(): number
  identity: ReplicaIdentity
  leaseMs: number
  retention: { ageMs: number; perJob: number }
  /** Called after the commit with the ends of attempts. */
  announceEnds(runs: readonly SettledRun[]): void
  /** Called when rescued runs wait to be claimed. */
  onRescued(): void
}

export interface Janitor {
  /** Marks replicas whose lease is over as dead and takes their runs back. */
  rescue(): Promise<number>
  /** Deletes one batch of runs and one of changes past retention. @returns whether there is more to delete */
  prune(): Promise<boolean>
  /** One round of both; says when the next is due. */
  pass(): Promise<number>
}

export function createJanitor(parts: JanitorParts): Janitor {
  const { db, clock, events } = parts
  // Alive, whatever the table says.
  const isOwn = (replica: number): boolean => replica === parts.owner()
  const everyMs = parts.leaseMs / ROUNDS_PER_LEASE
  const pruner = createPruner(parts)

  const rescue = async (): Promise<number> => {
    const now = clock.now()
    for (const replica of await listReplicas(db)) {
      if (!isOwn(replica.id) && isDead(replica, parts.identity, now)) {
        await stopReplica(db, replica.id, { now, seenExpiry: replica.expires_at })
      }
    }
    let count = 0
    for (const owner of await listDeadOwners(db)) {
      // Found dead itself: its attempts must be stopped before their runs are started anew.
      if (isOwn(owner)) continue
      const crashed = await rescueRuns(db, owner, now)
      if (crashed.length === 0) continue
      count += crashed.length
      const failed = crashed.filter((one) => one.state === 'failed').length
      events.emit('runs_rescued', { replica: owner, count: crashed.length, failed })
      parts.announceEnds(crashed)
    }
    const strays = await parts.strays.takeBack()
    if (strays > 0)
      events.emit('runs_rescued', { replica: parts.owner(), count: strays, failed: 0 })
    count += strays
    if (count > 0) parts.onRescued()
    return count
  }

  const prune = async (): Promise<boolean> => {
    const old = await pruner.oldRuns()
    const surplus = await pruner.surplus()
    const changes = await pruner.changes()
    const count = old.deleted + surplus.deleted
    if (count > 0) events.emit('runs_pruned', { count })
    return old.isWorthMore || surplus.isWorthMore || changes.isWorthMore
  }

  return {
    rescue,
    prune,
    pass: async () => {
      await rescue()
      const more = await prune()
      return clock.now() + (more ? 1 : everyMs)
    }
  }
}
