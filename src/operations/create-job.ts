import { checkJobInput, firstOccurrence } from '../domain/define-job.ts'
import type { Job } from '../domain/job.ts'
import { inTransaction } from '../store/db.ts'
import { toJob } from '../store/job-codec.ts'
import { insertJob } from '../store/jobs.ts'
import { getJobRow, type Core } from './core.ts'

/** Defines a job. @throws CarillonError `validation_failed` */
export async function createJob(core: Core, value: unknown): Promise<Job> {
  const now = core.clock.now()
  const input = checkJobInput(value)
  const nextRunAt = firstOccurrence(input, { now, createdAt: now })
  const row = await inTransaction(core.db, async (trx) =>
    getJobRow(trx, await insertJob(trx, { input, nextRunAt, now }))
  )
  const job = toJob(row)
  core.events.emit('job_created', { job })
  core.wake()
  return job
}
