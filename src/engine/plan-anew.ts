import { SCHEDULER } from '../domain/caller.ts'
import type { Change } from '../domain/change.ts'
import { formatInstantOrNull } from '../domain/instant.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { insertChange } from '../store/changes.ts'
import type { Db } from '../store/db.ts'
import { contextOf, decodeInput, type JobRow } from '../store/job-codec.ts'
import { findJob, updateJobState } from '../store/jobs.ts'

/** Where a job stands that had no next occurrence. */
export interface Replanned {
  id: number
  /** Epoch milliseconds; null for a job that is finished. */
  nextRunAt: number | null
  /** To be told after the commit. */
  change: Change
}

/**
 * Gives an enabled job that has no next occurrence the first one after now, in the caller's
 * transaction, and notes it; without any, it is finished. @returns null for a job that is not like this
 */
export async function planAnew(trx: Db, id: number, now: number): Promise<Replanned | null> {
  const job = await findJob(trx, id)
  if (job === undefined || job.state !== 'enabled' || job.next_run_at !== null) return null
  const nextRunAt = nextOf(job, now)
  const state = nextRunAt === null ? 'finished' : 'enabled'
  await updateJobState(trx, id, { state, next_run_at: nextRunAt })
  const detail = { next_run_at: { before: null, after: formatInstantOrNull(nextRunAt) } }
  const { version } = job
  const noted = {
    jobId: id,
    at: now,
    action: 'updated',
    caller: SCHEDULER,
    version,
    detail
  } as const
  return { id, nextRunAt, change: await insertChange(trx, noted) }
}

function nextOf(job: JobRow, now: number): number | null {
  try {
    const input = decodeInput(job.definition)
    if (input.max_runs != null && job.scheduled_runs >= input.max_runs) return null
    return scheduleOf(input, contextOf(job))?.next(now) ?? null
  } catch {
    // Whoever carries out what is due pauses a job whose definition cannot be used, and says so.
    return now
  }
}
