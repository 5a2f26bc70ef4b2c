import type { Clock } from '../domain/clock.ts'
import { HOUR_MS, MAX_RUN_HOURS } from '../domain/run-hours.ts'
import { REQUESTS_KEPT_MS } from '../domain/stored-answer.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { pruneCommits } from '../store/commits.ts'
import { pruneRequests } from '../store/requests.ts'
import { pruneHourCounts } from '../store/run-counts.ts'
import { pruneChanges } from '../store/prune-changes.ts'
import { listSurplus, pruneLeftovers, pruneOldRuns, pruneSurplus } from '../store/prune-runs.ts'
import { listDeadOwners, listReplicas, stopReplica } from '../store/replicas.ts'
import type { EventHub, SettledRun } from './events.ts'
import { isDead, type ReplicaIdentity } from './replica.ts'
import { rescueRuns } from './rescue.ts'
import type { Strays } from './stray-runs.ts'

/**
 * Rounds in the length of a lease: with 30 s one every 2 s, well under the five seconds after its
 * end in which a dead replica is noticed.
 */
const ROUNDS_PER_LEASE = 15
const PRUNE_BATCH = 1_000
const SURPLUS_JOBS = 200
const CHANGES_BATCH = 200
/** Nobody asks for a commit longer than half a minute after it. */
const COMMITS_KEPT_MS = 120_000
/** A day more than can be asked for. */
const HOUR_COUNTS_KEPT_MS = (MAX_RUN_HOURS + 24) * HOUR_MS

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
  let oldAfterId = 0
  let surplusAfterId = 0
  let changesAfterId = 0

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

  const pruneSurplusOf = async (trx: Db): Promise<number> => {
    const keep = parts.retention.perJob
    const jobs = await listSurplus(trx, { afterId: surplusAfterId, limit: SURPLUS_JOBS, keep })
    let deleted = 0
    for (const { id, surplus_until: surplusUntil } of jobs) {
      if (surplusUntil === null) continue
      deleted += await pruneSurplus(trx, { id, surplusUntil }, PRUNE_BATCH)
    }
    surplusAfterId = jobs.length < SURPLUS_JOBS ? 0 : (jobs.at(-1)?.id ?? 0)
    return deleted
  }

  const prune = async (): Promise<boolean> => {
    const endedBefore = clock.now() - parts.retention.ageMs
    const old = await inTransaction(db, (trx) =>
      pruneOldRuns(trx, { endedBefore, afterId: oldAfterId, limit: PRUNE_BATCH })
    )
    oldAfterId = old.nextId ?? 0
    const surplus = await inTransaction(db, pruneSurplusOf)
    if (old.nextId === null) {
      await pruneLeftovers(db, endedBefore, PRUNE_BATCH)
      await pruneCommits(db, clock.now() - COMMITS_KEPT_MS)
      await pruneRequests(db, clock.now() - REQUESTS_KEPT_MS, PRUNE_BATCH)
      await pruneHourCounts(db, clock.now() - HOUR_COUNTS_KEPT_MS, PRUNE_BATCH)
    }
    const slice = { before: endedBefore, afterId: changesAfterId, limit: CHANGES_BATCH }
    const changes = await inTransaction(db, (trx) => pruneChanges(trx, slice))
    changesAfterId = changes.nextId
    if (old.deleted + surplus > 0) events.emit('runs_pruned', { count: old.deleted + surplus })
    return old.nextId !== null || surplus > 0 || changes.deleted > CHANGES_BATCH / 2
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
