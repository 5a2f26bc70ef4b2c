import type { Job } from '../domain/job.ts'
import { insertChange } from '../store/changes.ts'
import { inTransaction } from '../store/transaction.ts'
import { toJob } from '../store/job-codec.ts'
import { updateJobState } from '../store/jobs.ts'
import { getJobRow, type Core } from './core.ts'

/**
 * Has the next `count` occurrences skipped, each with its record; 0 takes back what is left.
 * @throws CarillonError `job_not_found`
 */
export async function skipJob(core: Core, id: number, count: number): Promise<Job> {
  const row = await inTransaction(core.db, async (trx) => {
    const { version } = await getJobRow(trx, id)
    await updateJobState(trx, id, { skip_next: count })
    const at = core.clock.now()
    await insertChange(trx, { jobId: id, at, action: 'skipped', version, detail: { count } })
    return getJobRow(trx, id)
  })
  const job = toJob(row)
  core.events.emit('job_updated', { job })
  return job
}
