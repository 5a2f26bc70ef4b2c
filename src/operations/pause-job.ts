import { CarillonError, refuse } from '../domain/errors.ts'
import { formatInstantOrNull, parseInstant } from '../domain/instant.ts'
import { shown } from '../domain/validation.ts'
import type { Change } from '../domain/change.ts'
import type { Job } from '../domain/job.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { inTransaction } from '../store/transaction.ts'
import { contextOf, decodeInput, toJob, type JobRow } from '../store/job-codec.ts'
import { updateJobState } from '../store/jobs.ts'
import { getJobRow, type Core } from './core.ts'
import { noteChange } from './note-change.ts'
import { recordDue } from './record-due.ts'

/** Why, and until when; both may be left out. */
export interface PauseRequest {
  reason?: string | null
  /** RFC 3339; the job goes on by itself with its first occurrence from then on. */
  until?: string | null
}

/**
 * Stops future occurrences; what runs goes on. Pausing a paused job changes reason and end.
 * @throws CarillonError `job_not_found`, `job_finished`, `validation_failed`
 */
export async function pauseJob(core: Core, id: number, request: PauseRequest): Promise<Job> {
  const until = endOfPause(request.until ?? null, core.clock.now())
  const { row, recorded, noted } = await inTransaction(core.db, async (trx) => {
    const job = await getJobRow(trx, id)
    if (job.state === 'finished') throw finished(id)
    // Before what is due is recorded: an instant between the two would be in neither.
    const now = core.clock.now()
    const due = await recordDue(core, trx, job)
    await updateJobState(trx, id, {
      state: 'paused',
      pause_reason: request.reason ?? null,
      paused_at: job.paused_at ?? now,
      paused_until: until,
      next_run_at: until
    })
    const change = await noteChange(core, trx, {
      jobId: id,
      at: core.clock.now(),
      action: 'paused',
      version: job.version,
      detail: { reason: request.reason ?? null, until: formatInstantOrNull(until) }
    })
    return { row: await getJobRow(trx, id), recorded: due, noted: change }
  })
  if (recorded !== null) core.afterEnqueue(recorded)
  return announced(core, row, noted)
}

/**
 * Lets a paused job go on with its first occurrence after now, or, to catch up, with the first one
 * after the pause began: what then happens to those that were missed is the job's misfire rule.
 * Resuming a job that is not paused changes nothing.
 * @throws CarillonError `job_not_found`
 */
export async function resumeJob(core: Core, id: number, catchUp: boolean): Promise<Job> {
  const { row, noted } = await inTransaction(core.db, async (trx) => {
    const job = await getJobRow(trx, id)
    if (job.state !== 'paused') return { row: job, noted: null }
    const now = core.clock.now()
    const nextRunAt = nextAfterPause(job, catchUp, now)
    await updateJobState(trx, id, {
      state: nextRunAt === null ? 'finished' : 'enabled',
      pause_reason: null,
      paused_at: null,
      paused_until: null,
      next_run_at: nextRunAt
    })
    const detail = { catch_up: catchUp }
    const { version } = job
    const change = await noteChange(core, trx, {
      jobId: id,
      at: now,
      action: 'resumed',
      version,
      detail
    })
    return { row: await getJobRow(trx, id), noted: change }
  })
  return announced(core, row, noted)
}

function endOfPause(text: string | null, now: number): number | null {
  if (text === null) return null
  const until = parseInstant(text)
  if (until !== null && until > now) return until
  throw refuse(
    '/until',
    `"until" is ${shown(text)}, but must be an RFC 3339 date-time with an offset, later than now.`
  )
}

function nextAfterPause(job: JobRow, catchUp: boolean, now: number): number | null {
  const schedule = scheduleOf(decodeInput(job.definition), contextOf(job))
  const since = catchUp ? (job.paused_at ?? now) : now
  return schedule?.next(since) ?? null
}

function announced(core: Core, row: JobRow, change: Change | null): Job {
  const job = toJob(row)
  core.events.emit('job_updated', { job })
  if (change !== null) core.events.emit('job_changed', { change })
  core.wake()
  return job
}

function finished(id: number): CarillonError {
  return new CarillonError(
    'job_finished',
    `Job ${id} is finished: it has no occurrence left to pause. Give it a new schedule, or delete it.`
  )
}
