import type { PauseScheduling, Scheduling } from '../domain/scheduling.ts'
import type { Pruned, System } from '../domain/system.ts'
import type { Transport } from './transport.ts'

/** The service as a whole; to change it takes a key with the scope `admin`. */
export interface SystemCalls {
  /** How it is: its replicas, its store, what waits, and the options in force. */
  system(): Promise<System>
  /** Has nothing started on any replica once this has resolved; what runs goes on to its end. */
  pauseScheduling(request?: PauseScheduling): Promise<Scheduling>
  /** Lets it go on: what has become due is treated as after a downtime. */
  resumeScheduling(): Promise<Scheduling>
  /** Deletes what is past retention now, a bounded part of it. */
  prune(): Promise<Pruned>
}

export function createSystemCalls({ json }: Transport): SystemCalls {
  return {
    system: () => json({ path: 'system' }),
    pauseScheduling: (body = {}) => json({ method: 'POST', path: 'system/pause', body }),
    resumeScheduling: () => json({ method: 'POST', path: 'system/resume', body: {} }),
    prune: () => json({ method: 'POST', path: 'system/prune', body: {} })
  }
}
