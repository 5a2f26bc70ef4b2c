import { CarillonError, refuse } from '../domain/errors.ts'
import type { Job } from '../domain/job.ts'
import { findJobId } from '../store/jobs.ts'
import type { Core, Precondition } from './core.ts'
import { createJob } from './create-job.ts'
import { replaceJob } from './update-job.ts'

/** What became of a job that was put under its key. */
export interface PutJob {
  job: Job
  /** It was not there before. */
  created: boolean
}

/** Somebody may delete the job between the look and the change, and somebody else create it anew. */
const TRIES = 5

/**
 * Creates the job with a key, or replaces it: the same call twice leaves what one call does.
 * @throws CarillonError `validation_failed`, `version_mismatch`
 */
export async function putJob(
  core: Core,
  key: string,
  { input, ...precondition }: { input: unknown } & Precondition
): Promise<PutJob> {
  const keyed = withKey(input, key)
  for (let attempt = 1; ; attempt++) {
    const id = await findJobId(core.db, key)
    try {
      if (id !== undefined) {
        const job = await replaceJob(core, id, { input: keyed, ...precondition })
        return { job, created: false }
      }
      if (precondition.versions !== undefined) throw nothingToMatch(key)
      return { job: await createJob(core, keyed), created: true }
    } catch (error) {
      const code = error instanceof CarillonError ? error.code : null
      const isGone = code === 'job_not_found' || code === 'key_exists'
      if (!isGone || attempt === TRIES) throw error
    }
  }
}

function withKey(input: unknown, key: string): unknown {
  if (typeof input !== 'object' || input === null) return input
  if ('key' in input && input.key !== key) {
    const detail = `"key" is ${JSON.stringify(input.key)}, but the path says ${JSON.stringify(key)}; leave it out of the body.`
    throw refuse('/key', detail)
  }
  return { ...input, key }
}

function nothingToMatch(key: string): CarillonError {
  const message = `There is no job with the key ${JSON.stringify(key)}, so it has no version to match; leave out If-Match to create it.`
  return new CarillonError('version_mismatch', message)
}
