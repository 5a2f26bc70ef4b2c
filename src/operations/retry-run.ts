import { CarillonError } from '../domain/errors.ts'
import type { JobDefinition } from '../domain/job.ts'
import { SCHEDULING_PAUSED, type Run } from '../domain/run.ts'
import { lockJobs } from '../store/jobs.ts'
import { listActiveRuns } from '../store/occupancy.ts'
import { findPause } from '../store/pause.ts'
import { retryRun as retryRunRow } from '../store/retry-run.ts'
import { encodeAttempts, runParams, toRun, type RunRow } from '../store/run-codec.ts'
import { findRunDefinition } from '../store/run-definition.ts'
import { inTransaction } from '../store/transaction.ts'
import { getRunRow } from './cancel-run.ts'
import { getJobRow, type Core } from './core.ts'
import { noteChange } from './note-change.ts'
import { usableDefinition } from './usable-definition.ts'

/**
 * Gives a run that failed or was cancelled one more attempt, under the definition and the id that it
 * has: a target that knows its id can tell that it is the same.
 * @throws CarillonError `run_not_found`, `job_not_found`, `run_not_finished` for one that is going on
 *   or needs no retry, `run_active` when another run of the job is in the way, `validation_failed` when
 *   its definition is kept no longer or broken, names an address that may not be called, or has params
 *   that its handler does not take
 */
export async function retryRun(core: Core, id: number): Promise<Run> {
  const { row, noted } = await inTransaction(core.db, async (trx) => {
    const { job_id: jobId } = await getRunRow(trx, id)
    await lockJobs(trx, [jobId])
    const { version } = await getJobRow(trx, jobId)
    const run = await getRunRow(trx, id)
    if (run.state !== 'failed' && run.state !== 'cancelled') throw notRetryable(id, run.state)
    const stored = await findRunDefinition(trx, id)
    if (stored === null) throw definitionGone(id)
    const definition = usableDefinition(jobId, stored)
    checkDoable(core, run, definition)
    const exclusive = definition.overlap !== 'allow'
    const [active] = exclusive ? await listActiveRuns(trx, [jobId]) : []
    if (active !== undefined) throw inTheWay(id, active.id)
    const attempts = encodeAttempts(toRun(run).attempts)
    const now = core.clock.now()
    const isPaused = (await findPause(trx)) !== null
    const reason = isPaused ? SCHEDULING_PAUSED : 'retry_requested'
    await retryRunRow(trx, id, { now, exclusive, reason, attempts })
    const change = await noteChange(core, trx, {
      jobId,
      at: now,
      action: 'run_retried',
      version,
      detail: { run_id: id }
    })
    return { row: await getRunRow(trx, id), noted: change }
  })
  core.events.emit('jobs_moved', { ids: [row.job_id] })
  core.events.emit('runs_waiting', { ids: [row.job_id] })
  core.events.emit('job_changed', { change: noted })
  core.wake()
  return toRun(row)
}

/**
 * It works on the definition that it has, which cannot be changed: what this process would refuse of
 * a run by hand can only fail again, and hide why it failed. What a replica lacks, a handler or leave
 * to start programs, is waited for instead: those that lack it do not claim the run.
 */
function checkDoable(core: Core, run: RunRow, definition: JobDefinition): void {
  const { target } = definition
  if (target.type === 'command') return
  try {
    core.checkTarget({ target, params: runParams(run, definition) })
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error
    const message = `Run ${run.id} works on version ${run.job_version} of its job and cannot be tried again: ${error.message}`
    throw new CarillonError(error.code, message, { cause: error })
  }
}

function definitionGone(id: number): CarillonError {
  return new CarillonError(
    'validation_failed',
    `Run ${id} cannot be tried again: the definition that it had is kept no longer; run its job with POST /jobs/:id/run instead.`
  )
}

function notRetryable(id: number, state: string): CarillonError {
  const isOpen = state === 'pending' || state === 'running'
  const advice = isOpen ? 'wait, or cancel it first' : 'run its job with POST /jobs/:id/run instead'
  return new CarillonError('run_not_finished', `Run ${id} is ${state}; ${advice}.`)
}

function inTheWay(id: number, activeId: number): CarillonError {
  return new CarillonError(
    'run_active',
    `Run ${id} cannot be tried again while run ${activeId} of its job goes on; wait, or cancel that run.`,
    { context: { run_id: activeId } }
  )
}
