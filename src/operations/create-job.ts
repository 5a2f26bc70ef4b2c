import { checkJobInput, firstOccurrence } from '../domain/define-job.ts'
import { isSpread, PROVISIONAL_SEED } from '../domain/job-schedule.ts'
import { withDefaults } from '../domain/job-definition.ts'
import type { Job } from '../domain/job.ts'
import { isBare } from '../domain/secrets/stored-input.ts'
import { inTransaction } from '../store/transaction.ts'
import { toJob } from '../store/job-codec.ts'
import { insertJob, rewriteDefinition, updateJobState } from '../store/jobs.ts'
import { getJobRow, type Core } from './core.ts'
import { checkKey, seeingKeys } from './job-keys.ts'
import { noteChange } from './note-change.ts'
import { sealInput, withoutSecrets } from './seal-input.ts'

/** Defines a job. @throws CarillonError `validation_failed`, `key_exists`, `secrets_not_configured` */
export async function createJob(core: Core, value: unknown): Promise<Job> {
  const now = core.clock.now()
  const input = checkJobInput(value)
  core.checkTarget(withDefaults(input))
  const time = { now, createdAt: now, seed: PROVISIONAL_SEED }
  const nextRunAt = firstOccurrence(input, time)
  const { row, noted } = await seeingKeys(core.db, () =>
    inTransaction(core.db, async (trx) => {
      await checkKey(trx, input.key, null)
      const id = await insertJob(trx, { input: withoutSecrets(input), nextRunAt, now })
      // Secrets are sealed for the job's id, which there is only now.
      if (!isBare(input)) {
        await rewriteDefinition(trx, id, sealInput(core.vault, input, { id, stored: null }))
      }
      if (isSpread(input)) {
        const spreadAt = firstOccurrence(input, { ...time, seed: String(id) })
        await updateJobState(trx, id, { next_run_at: spreadAt })
      }
      const change = await noteChange(core, trx, {
        jobId: id,
        at: now,
        action: 'created',
        version: 1,
        detail: null
      })
      return { row: await getJobRow(trx, id), noted: change }
    })
  )
  const job = toJob(row)
  core.events.emit('job_created', { job })
  core.events.emit('job_changed', { change: noted })
  core.wake()
  return job
}
