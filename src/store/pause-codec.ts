import { formatInstant } from '../domain/instant.ts'
import type { Scheduling } from '../domain/scheduling.ts'

/** Why nothing is started on any replica, since when and by whom. */
export interface Pause {
  reason: string | null
  /** Epoch milliseconds. */
  paused_at: number
  /** Who asked for it; null when nobody had to say. */
  paused_by: string | null
}

/** A pause as it is stored: plain JSON that this scheduler wrote itself. */
export function decodePause(text: string): Pause {
  return JSON.parse(text) as Pause
}

/** The scheduling of all jobs, paused or not. */
export function toScheduling(pause: Pause | null): Scheduling {
  if (pause === null) return { state: 'running', reason: null, paused_at: null, paused_by: null }
  return {
    state: 'paused',
    reason: pause.reason,
    paused_at: formatInstant(pause.paused_at),
    paused_by: pause.paused_by
  }
}
