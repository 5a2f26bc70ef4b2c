import { enqueueJobs, type Enqueued } from '../engine/enqueue.ts'
import type { Db } from '../store/db.ts'
import type { JobRow } from '../store/job-codec.ts'
import type { Core } from './core.ts'

/**
 * Before a job changes, what is due of it is recorded under the old definition: a change at the
 * very instant of an occurrence neither loses nor doubles it. Nothing starts here; what is recorded
 * waits to be claimed.
 */
export async function recordDue(core: Core, trx: Db, job: JobRow): Promise<Enqueued | null> {
  const time = core.enqueueTime(0)
  if (job.next_run_at === null || job.next_run_at > time.now) return null
  const due = { ...job, next_run_at: job.next_run_at }
  return enqueueJobs(trx, [due], time)
}
