import { CarillonError } from '../domain/errors.ts'
import { cancelRuns, listUnfinishedRuns } from '../store/cancel-runs.ts'
import { inTransaction } from '../store/transaction.ts'
import { deleteJob as deleteJobRow } from '../store/jobs.ts'
import { checkVersion, getJobRow, type Core, type Precondition } from './core.ts'
import { noteChange } from './note-change.ts'
import { recordDue } from './record-due.ts'

/** What becomes of the runs of a deleted job that are running. */
export const DELETE_MODES = ['cancel', 'finish', 'refuse'] as const
export type DeleteMode = (typeof DELETE_MODES)[number]

/**
 * Takes a job off the schedule and out of the database; its runs stay readable until retention.
 * What waits is cancelled; what runs is cancelled or may finish, or keeps the job from going.
 * @throws CarillonError `job_not_found`, `job_running`, `version_mismatch`
 */
export async function deleteJob(
  core: Core,
  id: number,
  { running, ...precondition }: { running: DeleteMode } & Precondition
): Promise<void> {
  const reason = 'job_deleted'
  const { cancelled, recorded, noted } = await inTransaction(core.db, async (trx) => {
    const now = core.clock.now()
    const job = await getJobRow(trx, id)
    checkVersion(job, precondition)
    if (running === 'refuse' && job.running > 0) throw stillRunning(id, job.running)
    const due = await recordDue(core, trx, job)
    const unfinished = await listUnfinishedRuns(trx, id)
    const ids = unfinished
      .filter((run) => running !== 'finish' || run.state === 'pending')
      .map((run) => run.id)
    const runs = await cancelRuns(trx, ids, { now, reason })
    await deleteJobRow(trx, job, now)
    const { name, job_key: key, version } = job
    const change = await noteChange(core, trx, {
      jobId: id,
      at: now,
      action: 'deleted',
      version,
      detail: { name, key, running }
    })
    return { cancelled: runs, recorded: due, noted: change }
  })
  if (recorded !== null) core.afterEnqueue(recorded)
  core.afterCancel(cancelled, reason)
  core.events.emit('job_deleted', { id })
  core.events.emit('job_changed', { change: noted })
}

function stillRunning(id: number, count: number): CarillonError {
  return new CarillonError(
    'job_running',
    `Job ${id} has ${count} running ${count === 1 ? 'run' : 'runs'}; wait, or delete it with ?running=cancel or ?running=finish.`
  )
}
