import { isDeepStrictEqual } from 'node:util'
import type { Caller } from '../../domain/caller.ts'
import type { PauseScheduling, Scheduling } from '../../domain/scheduling.ts'
import { NO_JOB } from '../../store/change-codec.ts'
import { insertChange } from '../../store/changes.ts'
import type { Db } from '../../store/db.ts'
import { awaitClaims, deletePause, findPause, savePause } from '../../store/pause.ts'
import { toScheduling, type Pause } from '../../store/pause-codec.ts'
import { inTransaction } from '../../store/transaction.ts'
import type { SystemCore } from './core.ts'

/**
 * Has nothing started on any replica from here on: when this resolves, whatever was about to start has
 * been recorded as a run that goes on, or has seen the pause. Runs that go on do so to their end. Pausing
 * what is paused changes the reason.
 * @throws CarillonError `store_busy` when a replica that is about to start something does not come to
 *   its end; the pause is in force then, and may be asked for again
 */
export async function pauseScheduling(
  core: SystemCore,
  { reason = null }: PauseScheduling,
  caller: Caller
): Promise<Scheduling> {
  const pause = await inTransaction(core.db, async (trx) => {
    const before = await findPause(trx)
    const at = core.clock.now()
    const wanted: Pause = {
      reason,
      paused_at: before?.paused_at ?? at,
      paused_by: caller.actor
    }
    if (isDeepStrictEqual(before, wanted)) return wanted
    await savePause(trx, wanted)
    await note(trx, { action: 'scheduling_paused', at, caller, detail: { reason } })
    return wanted
  })
  // After the commit: who begins to claim from here on sees it. The others are waited for.
  await inTransaction(core.db, awaitClaims)
  return announced(core, pause, caller)
}

/**
 * Lets scheduling go on: what has become due is treated as after a downtime, by the misfire rule of each
 * job. Resuming what is not paused changes nothing.
 */
export async function resumeScheduling(core: SystemCore, caller: Caller): Promise<Scheduling> {
  const wasPaused = await inTransaction(core.db, async (trx) => {
    const before = await findPause(trx)
    if (before === null) return false
    await deletePause(trx)
    const at = core.clock.now()
    await note(trx, { action: 'scheduling_resumed', at, caller, detail: null })
    return true
  })
  if (!wasPaused) return toScheduling(null)
  core.wake()
  return announced(core, null, caller)
}

interface Noted {
  action: 'scheduling_paused' | 'scheduling_resumed'
  at: number
  caller: Caller
  detail: { reason: string | null } | null
}

async function note(trx: Db, noted: Noted): Promise<void> {
  await insertChange(trx, { ...noted, jobId: NO_JOB, version: 0 })
}

function announced(core: SystemCore, pause: Pause | null, caller: Caller): Scheduling {
  const scheduling = toScheduling(pause)
  core.events.emit('scheduling_changed', { scheduling, caller })
  return scheduling
}
