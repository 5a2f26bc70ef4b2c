import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { kill, pid } from 'node:process'
import type { Clock } from '../domain/clock.ts'
import type { Db } from '../store/db.ts'
import { insertReplica, listReplicas, renewLease, type LiveReplica } from '../store/replicas.ts'
import { findServerTime } from '../store/server-time.ts'
import { systemClock } from './clock.ts'
import type { Rounds } from './rounds.ts'

/** How this process is known to the others. */
export interface ReplicaIdentity {
  name: string
  /** Equal only for processes that can see each other's process ids. */
  host: string
  pid: number
  version: string
}

export function identify(version: string): ReplicaIdentity {
  return { name: `${hostname()}:${pid}`, host: hostIdentity(), pid, version }
}

/** A host name alone is not enough: containers share names, and ids start anew with every boot. */
function hostIdentity(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** Whether a replica is gone: its lease is over, or its process on this very host has ended. */
export function isDead(replica: LiveReplica, here: ReplicaIdentity, now: number): boolean {
  if (replica.expires_at <= now) return true
  return replica.host === here.host && replica.pid !== here.pid && !isAlive(replica.pid)
}

/** The replicas of a database that may still write to it. */
export async function listLive(db: Db, here: ReplicaIdentity): Promise<LiveReplica[]> {
  const now = db.dialect.isShared ? await findServerTime(db) : systemClock.now()
  const replicas = await listReplicas(db)
  return replicas.filter((replica) => !isDead(replica, here, now))
}

function isAlive(processId: number): boolean {
  try {
    return kill(processId, 0)
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The lease of this process over the runs that it holds. */
export interface Lease {
  /** The id under which runs are held now. */
  id(): number
  /** Takes a new id: at start, and after the lease was lost. */
  take(): Promise<void>
  /** @returns false when another replica has declared this one dead */
  renew(): Promise<boolean>
  /**
   * Whether no other replica can have taken the runs over by now. False for a while when the answer
   * to a renewal is late, although all may be well.
   */
  isSure(): boolean
}

/** The part of a lease that is left for what clocks differ by, and for a start to take effect. */
const MARGIN = 1 / 10

/** What a lease is made of. */
export interface LeaseParts {
  clock: Clock
  identity: ReplicaIdentity
  leaseMs: number
  /** Runs that this replica carries out at once. */
  maxConcurrentRuns: number
  rounds: Pick<Rounds, 'status'>
}

export function createLease(
  db: Db,
  { clock, identity, leaseMs, maxConcurrentRuns: slots, rounds }: LeaseParts
): Lease {
  let id = 0
  let sureUntil = -Infinity
  const passedAt = (): number | null => rounds.status().lastAt
  const expiry = (now: number): number => now + leaseMs
  const heldFrom = (now: number): void => {
    sureUntil = expiry(now) - leaseMs * MARGIN
  }
  return {
    id: () => id,
    take: async () => {
      const now = clock.now()
      const row = { ...identity, slots, started_at: now, expires_at: expiry(now) }
      id = await insertReplica(db, { ...row, passed_at: passedAt() })
      heldFrom(now)
    },
    renew: async () => {
      const now = clock.now()
      const isRenewed = await renewLease(db, id, { expiresAt: expiry(now), passedAt: passedAt() })
      if (isRenewed) heldFrom(now)
      return isRenewed
    },
    isSure: () => clock.now() < sureUntil
  }
}
