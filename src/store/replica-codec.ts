import { formatInstant, formatInstantOrNull } from '../domain/instant.ts'
import type { SystemReplica } from '../domain/system.ts'
import type { RecentReplica } from './recent-replicas.ts'

/** What else is known of replicas. */
export interface ReplicaContext {
  /** Epoch milliseconds. */
  now: number
  /** The id of the one that answers; null while it holds no lease. */
  self: number | null
  /** When that one last looked for what is due: it knows better than its row. */
  lastPassAt: number | null
  /** How many runs each of them holds. */
  held: ReadonlyMap<number, number>
}

/** A replica as it is shown. */
export function toSystemReplica(row: RecentReplica, context: ReplicaContext): SystemReplica {
  const { id, name, pid, version, slots } = row
  return {
    id,
    name,
    // What follows tells boots and containers apart, which is of no use to people.
    host: row.host.split(' ', 1).join(),
    pid,
    version,
    state: stateOf(row, context.now),
    started_at: formatInstant(row.started_at),
    expires_at: formatInstantOrNull(row.expires_at),
    stopped_at: formatInstantOrNull(row.stopped_at),
    passed_at: formatInstantOrNull(id === context.self ? context.lastPassAt : row.passed_at),
    running: context.held.get(id) ?? 0,
    slots,
    this: id === context.self
  }
}

function stateOf({ expires_at: expiresAt }: RecentReplica, now: number): SystemReplica['state'] {
  if (expiresAt === null) return 'stopped'
  return expiresAt <= now ? 'expired' : 'live'
}
