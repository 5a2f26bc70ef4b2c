import type { Clock } from '../domain/clock.ts'
import type { Db } from '../store/db.ts'
import { listDeadOwners, listReplicas, stopReplica } from '../store/replicas.ts'
import type { EventHub, SettledRun } from './events.ts'
import { createPruner } from './pruner.ts'
import { isDead, type ReplicaIdentity } from './replica.ts'
import { rescueRuns } from './rescue.ts'
import type { Strays } from './stray-runs.ts'

/** Rounds in the length of a lease: well under the five seconds after its end in which a dead replica is noticed. */
const ROUNDS_PER_LEASE = 15
/** And so often under a longer lease, which is longer than half a minute. */
const ROUND_EVERY_MS = 2_000
/** Where nothing has moved, what is past retention is looked for once in so many rounds. */
const ROUNDS_OF_REST = 15
/** What moves is behind where the pruner is, so that it goes through the rest, and through all once more. */
const TIMES_AFTER_MOVES = 2

export interface JanitorParts {
  db: Db
  clock: Clock
  events: EventHub
  strays: Strays
  /** The id under which this replica holds runs. */
  owner(): number
  identity: ReplicaIdentity
  leaseMs: number
  /** How often others may have written. */
  pollMs: number
  retention: { ageMs: number; perJob: number }
  /** Called after the commit with the ends of attempts. */
  announceEnds(runs: readonly SettledRun[]): void
  /** Called when rescued runs wait to be claimed. */
  onRescued(): void
}

export interface Janitor {
  /** Marks replicas whose lease is over as dead and takes their runs back. */
  rescue(): Promise<number>
  /** One round: takes back runs of the dead, and deletes a batch of what is past retention; says when the next is due. */
  pass(): Promise<number>
  /** From one round to the next, where there is no more to delete. */
  readonly everyMs: number
}

export function createJanitor(parts: JanitorParts): Janitor {
  const { db, clock, events } = parts
  // Alive, whatever the table says.
  const isOwn = (replica: number): boolean => replica === parts.owner()
  const longestMs = Math.max(ROUND_EVERY_MS, parts.pollMs)
  const everyMs = Math.min(parts.leaseMs / ROUNDS_PER_LEASE, longestMs)
  const pruner = createPruner(parts)
  let roundsToRest = 0
  let timesToPrune = 0
  events.on('jobs_moved', () => {
    timesToPrune = TIMES_AFTER_MOVES
  })

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

  /** @returns whether it is worth to go on at once */
  const prune = async (): Promise<boolean> => {
    const old = await pruner.oldRuns()
    const surplus = await pruner.surplus()
    const changes = await pruner.changes()
    const count = old.deleted + surplus.deleted
    if (count > 0) events.emit('runs_pruned', { count })
    if (surplus.isThrough) timesToPrune = Math.max(0, timesToPrune - 1)
    return old.isWorthMore || surplus.isWorthMore || changes.isWorthMore
  }

  const pass = async (): Promise<number> => {
    await rescue()
    if (timesToPrune === 0 && roundsToRest > 0) {
      roundsToRest--
      return clock.now() + everyMs
    }
    const isWorthMore = await prune()
    roundsToRest = isWorthMore ? 0 : ROUNDS_OF_REST - 1
    return clock.now() + (isWorthMore ? 1 : everyMs)
  }

  return { rescue, pass, everyMs }
}
