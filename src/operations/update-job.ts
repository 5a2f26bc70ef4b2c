import { isDeepStrictEqual } from 'node:util'
import { checkJobInput, firstOccurrence, isRescheduled, patchJob } from '../domain/define-job.ts'
import { diffInputs } from '../domain/definition-diff.ts'
import { withDefaults } from '../domain/job-definition.ts'
import type { Job, JobInput, JobPatch, JobState } from '../domain/job.ts'
import { showSecrets } from '../domain/secrets/show-secrets.ts'
import { inTransaction } from '../store/transaction.ts'
import { contextOf, decodeStored, toJob, type JobRow } from '../store/job-codec.ts'
import { updateJobDefinition, updateJobState } from '../store/jobs.ts'
import { checkVersion, getJobRow, type Core, type Precondition } from './core.ts'
import { checkKey, seeingKeys } from './job-keys.ts'
import { noteChange } from './note-change.ts'
import { recordDue } from './record-due.ts'
import { sealInput } from './seal-input.ts'

/**
 * Changes a job by a merge patch (RFC 7396). A new schedule never fires backwards: its next
 * occurrence is the first one after now. Runs that have started keep the definition they started
 * with. A patch that changes nothing leaves the version as it is.
 * @throws CarillonError `job_not_found`, `validation_failed`, `key_exists`, `version_mismatch`,
 *   `secrets_not_configured`
 */
export function updateJob(
  core: Core,
  id: number,
  { patch, ...precondition }: { patch: JobPatch } & Precondition
): Promise<Job> {
  return changeJob(core, id, { change: (old) => patchJob(old, patch), precondition })
}

/** The same with a whole definition: what it leaves out has its default again. */
export function replaceJob(
  core: Core,
  id: number,
  { input, ...precondition }: { input: unknown } & Precondition
): Promise<Job> {
  return changeJob(core, id, { change: () => input, precondition })
}

interface Change {
  /** The definition that is wanted, from the one there is; unchecked. */
  change(old: JobInput): unknown
  precondition: Precondition
}

async function changeJob(core: Core, id: number, { change, precondition }: Change): Promise<Job> {
  const { row, recorded, noted } = await seeingKeys(core.db, () =>
    inTransaction(core.db, async (trx) => {
      // Read here: while this waited for its turn, occurrences may have gone by.
      const now = core.clock.now()
      const before = await getJobRow(trx, id)
      checkVersion(before, precondition)
      const stored = decodeStored(before.definition)
      const old = showSecrets(stored)
      const input = checkJobInput(change(old))
      const sealed = sealInput(core.vault, input, { id, stored })
      if (isDeepStrictEqual(sealed, stored)) return { row: before, recorded: null, noted: null }
      core.checkTarget(withDefaults(input))
      await checkKey(trx, input.key, id)
      const firstAt = isRescheduled(old, input)
        ? firstOccurrence(input, { now, ...contextOf(before) })
        : null
      const due = await recordDue(core, trx, before)
      const job = due === null ? before : await getJobRow(trx, id)
      const standing = firstAt === null ? job : rescheduled(job, { input, firstAt })
      const { state, next_run_at: nextRunAt } = standing
      await updateJobDefinition(trx, { job, input: sealed, now, state, nextRunAt })
      // What a new schedule would have had before it was there is not caught up.
      if (firstAt !== null && state === 'paused') await updateJobState(trx, id, { paused_at: now })
      const version = job.version + 1
      const detail = diffInputs(stored, sealed)
      const entry = await noteChange(core, trx, {
        jobId: id,
        at: now,
        action: 'updated',
        version,
        detail
      })
      return { row: await getJobRow(trx, id), recorded: due, noted: entry }
    })
  )
  if (recorded !== null) core.afterEnqueue(recorded)
  const job = toJob(row)
  core.events.emit('job_updated', { job })
  if (noted !== null) core.events.emit('job_changed', { change: noted })
  core.wake()
  return job
}

/** A new schedule sets a finished job going again, unless it has had all its runs. */
function rescheduled(job: JobRow, { input, firstAt }: { input: JobInput; firstAt: number }) {
  // What is due of a paused job is the end of its pause.
  if (job.state === 'paused') return job
  const isSpent = input.max_runs != null && job.scheduled_runs >= input.max_runs
  const state: JobState = isSpent ? 'finished' : 'enabled'
  return { state, next_run_at: isSpent ? null : firstAt }
}
