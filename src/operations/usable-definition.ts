import { CarillonError, messageOf } from '../domain/errors.ts'
import type { JobDefinition } from '../domain/job.ts'
import { readDefinition } from '../engine/stored-definition.ts'

/**
 * The stored definition of a job, for what somebody asks for.
 * @throws CarillonError `validation_failed` when it is broken
 */
export function usableDefinition(jobId: number, stored: string): JobDefinition {
  try {
    return readDefinition(stored)
  } catch (error) {
    const message = `The stored definition of job ${jobId} cannot be used: ${messageOf(error)} Change the job.`
    throw new CarillonError('validation_failed', message)
  }
}
