import { CarillonError } from '../domain/errors.ts'
import type { Run } from '../domain/run.ts'
import { cancelRuns } from '../store/cancel-runs.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { findJob, lockJobs } from '../store/jobs.ts'
import { findRun } from '../store/list-runs.ts'
import { promoteQueuedRuns } from '../store/occupancy.ts'
import { toRun, type RunRow } from '../store/run-codec.ts'
import type { Core } from './core.ts'
import { noteChange } from './note-change.ts'

/**
 * Cancels a run: one that waits is cancelled when this resolves, one that runs is told to stop and
 * becomes `cancelled` when it has.
 * @throws CarillonError `run_not_found`, `run_finished`
 */
export async function cancelRun(core: Core, id: number): Promise<Run> {
  const now = core.clock.now()
  const { row, cancelled, noted } = await inTransaction(core.db, async (trx) => {
    const run = await getRunRow(trx, id)
    await lockJobs(trx, [run.job_id])
    const runs = await cancelRuns(trx, [id], { now, reason: null })
    if (runs.length === 0) throw alreadyFinished(id, run.state)
    if (runs[0]?.state === 'cancelled') await promoteQueuedRuns(trx, [run.job_id], now)
    const job = await findJob(trx, run.job_id)
    const change = await noteChange(core, trx, {
      jobId: run.job_id,
      at: now,
      action: 'run_cancelled',
      version: job?.version ?? run.job_version,
      detail: { run_id: id }
    })
    return { row: await getRunRow(trx, id), cancelled: runs, noted: change }
  })
  core.afterCancel(cancelled, null)
  core.events.emit('job_changed', { change: noted })
  return toRun(row)
}

/** @throws CarillonError `run_not_found` */
export async function getRunRow(db: Db, id: number): Promise<RunRow> {
  const row = await findRun(db, id)
  if (row !== undefined) return row
  throw new CarillonError('run_not_found', `There is no run ${id}.`)
}

function alreadyFinished(id: number, state: string): CarillonError {
  return new CarillonError(
    'run_finished',
    `Run ${id} is ${state} already; there is nothing to cancel.`
  )
}
