import { CarillonError } from '../domain/errors.ts'
import type { Db } from '../store/db.ts'
import { findJobId } from '../store/jobs.ts'

/**
 * Whether a key is free, or that of the job itself. Two that take the same key at the same moment
 * are told apart by the unique index.
 * @throws CarillonError `key_exists`
 */
export async function checkKey(
  db: Db,
  key: string | null | undefined,
  ownId: number | null
): Promise<void> {
  if (key == null) return
  const id = await findJobId(db, key)
  if (id !== undefined && id !== ownId) throw keyExists(key, id)
}

export function keyExists(key: string, jobId: number): CarillonError {
  const path = `/jobs/by-key/${encodeURIComponent(key)}`
  return new CarillonError(
    'key_exists',
    `"key" is ${JSON.stringify(key)}, which job ${jobId} has; choose another one, or change that job by PUT ${path}.`,
    {
      faults: [{ in: 'body', pointer: '/key', detail: `Job ${jobId} has this key.` }],
      context: { job_id: jobId }
    }
  )
}

/**
 * Carries out work that writes a key, once more if somebody else took the same key between the look
 * and the write: then the look sees it. Inside a transaction it is all of that that must be done
 * again, by whoever began it.
 */
export async function seeingKeys<Result>(db: Db, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (db.query.isTransaction || !db.dialect.isDuplicate(error)) throw error
    return work()
  }
}
