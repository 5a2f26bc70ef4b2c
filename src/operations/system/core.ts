import type { CacheNumbers, ShownOption } from '../../domain/system.ts'
import type { EngineStatus } from '../../engine/engine-status.ts'
import type { ReplicaIdentity } from '../../engine/replica.ts'
import type { Core } from '../core.ts'

/** What a process knows of itself; the parts of it that it was not told are left out. */
export interface ProcessFacts {
  /** The version of Node. */
  node: string
  /** The options in force, secrets hidden. */
  config: readonly ShownOption[]
  /** Null without a cache. */
  cache(): CacheNumbers | null
  /** How far the clock of this machine is ahead of the one in force, in milliseconds. */
  clockSkewMs(): number
}

/** What the operations on the service itself work with. */
export interface SystemCore extends Pick<Core, 'db' | 'clock' | 'events' | 'wake' | 'retention'> {
  readonly identity: ReplicaIdentity
  readonly facts: ProcessFacts
  /** Epoch milliseconds. */
  readonly startedAt: number
  status(): EngineStatus
}
