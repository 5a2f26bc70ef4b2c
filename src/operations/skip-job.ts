import type { Job } from '../domain/job.ts'
import { inTransaction } from '../store/transaction.ts'
import { toJob } from '../store/job-codec.ts'
import { updateJobState } from '../store/jobs.ts'
import { getJobRow, type Core } from './core.ts'
import { noteChange } from './note-change.ts'

/**
 * Has the next `count` occurrences skipped, each with its record; 0 takes back what is left.
 * @throws CarillonError `job_not_found`
 */
export async function skipJob(core: Core, id: number, count: number): Promise<Job> {
  const { row, noted } = await inTransaction(core.db, async (trx) => {
    const { version } = await getJobRow(trx, id)
    await updateJobState(trx, id, { skip_next: count })
    const at = core.clock.now()
    const change = await noteChange(core, trx, {
      jobId: id,
      at,
      action: 'skipped',
      version,
      detail: { count }
    })
    return { row: await getJobRow(trx, id), noted: change }
  })
  const job = toJob(row)
  core.events.emit('job_updated', { job })
  core.events.emit('job_changed', { change: noted })
  return job
}
