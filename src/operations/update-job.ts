import { isDeepStrictEqual } from 'node:util'
import { checkJobInput, firstOccurrence, isRescheduled, patchJob } from '../domain/define-job.ts'
import type { Job, JobPatch, JobState } from '../domain/job.ts'
import { inTransaction } from '../store/db.ts'
import { decodeInput, toJob, type JobRow } from '../store/job-codec.ts'
import { updateJobDefinition, updateJobState } from '../store/jobs.ts'
import { getJobRow, type Core } from './core.ts'
import { recordDue } from './record-due.ts'

/**
 * Changes a job by a merge patch (RFC 7396). A new schedule never fires backwards: its next
 * occurrence is the first one after now. Runs that have started keep the definition they started
 * with. A patch that changes nothing leaves the version as it is.
 * @throws CarillonError `job_not_found`, `validation_failed`
 */
export async function updateJob(core: Core, id: number, patch: JobPatch): Promise<Job> {
  const now = core.clock.now()
  const { row, recorded } = await inTransaction(core.db, async (trx) => {
    const before = await getJobRow(trx, id)
    const old = decodeInput(before.definition)
    const input = checkJobInput(patchJob(old, patch))
    if (isDeepStrictEqual(input, old)) return { row: before, recorded: null }
    const firstAt = isRescheduled(old, input)
      ? firstOccurrence(input, { now, createdAt: before.created_at })
      : null
    const due = await recordDue(core, trx, before)
    const job = due === null ? before : await getJobRow(trx, id)
    const standing = firstAt === null ? job : rescheduled(job, firstAt)
    const { state, next_run_at: nextRunAt } = standing
    await updateJobDefinition(trx, { job, input, now, state, nextRunAt })
    // What a new schedule would have had before it was there is not caught up.
    if (firstAt !== null && state === 'paused') await updateJobState(trx, id, { paused_at: now })
    return { row: await getJobRow(trx, id), recorded: due }
  })
  if (recorded !== null) core.afterEnqueue(recorded)
  const job = toJob(row)
  core.events.emit('job_updated', { job })
  core.wake()
  return job
}

/** A new schedule sets a finished job going again; a paused one stays paused. */
function rescheduled(job: JobRow, firstAt: number) {
  const state: JobState = job.state === 'paused' ? 'paused' : 'enabled'
  return { state, next_run_at: state === 'paused' ? null : firstAt }
}
