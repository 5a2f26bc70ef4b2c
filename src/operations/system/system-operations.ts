import { NOBODY, type Caller } from '../../domain/caller.ts'
import type { PauseScheduling, Scheduling } from '../../domain/scheduling.ts'
import type { Pruned, System } from '../../domain/system.ts'
import type { SystemCore } from './core.ts'
import { pauseScheduling, resumeScheduling } from './pause-scheduling.ts'
import { pruneNow } from './prune-now.ts'
import { readSystem } from './read-system.ts'

/** What can be asked of the service as a whole. None of it can be a part of a transaction. */
export interface SystemOperations {
  /** How it is: its replicas, its store, what waits, and the options in force. */
  system(): Promise<System>
  /**
   * Has nothing started on any replica once this has resolved; what runs goes on to its end. The change
   * is noted with the caller.
   */
  pauseScheduling(request?: PauseScheduling, caller?: Caller): Promise<Scheduling>
  /** Lets it go on: what has become due is treated as after a downtime. */
  resumeScheduling(caller?: Caller): Promise<Scheduling>
  /** Deletes what is past retention now, a bounded part of it. */
  prune(): Promise<Pruned>
}

export function createSystemOperations(core: SystemCore): SystemOperations {
  return {
    system: () => readSystem(core),
    pauseScheduling: (request = {}, caller = NOBODY) => pauseScheduling(core, request, caller),
    resumeScheduling: (caller = NOBODY) => resumeScheduling(core, caller),
    prune: () => pruneNow(core)
  }
}
