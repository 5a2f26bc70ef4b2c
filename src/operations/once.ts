import { hash } from 'node:crypto'
import { NOBODY, type Caller } from '../domain/caller.ts'
import { CarillonError } from '../domain/errors.ts'
import { REQUESTS_KEPT_MS, type StoredAnswer } from '../domain/stored-answer.ts'
import { shown } from '../domain/validation.ts'
import {
  decodeAnswer,
  deleteRequest,
  findRequest,
  insertRequest,
  saveAnswer,
  type RequestRow
} from '../store/requests.ts'
import type { Core } from './core.ts'
import { together } from './enlist.ts'
import { createOperations, type Operations } from './operations.ts'

/** A request that may come more than once, and is to be carried out once. */
export interface KeyedRequest {
  /** Whose key it is: everybody has keys of their own. */
  caller: string
  /** In whose name it is carried out; in that of nobody, if left out. */
  as?: Caller
  key: string
  /** All that is asked for; the same key with another content is refused. */
  content: string
}

export interface OnceAnswer {
  answer: StoredAnswer
  /** It was carried out earlier; this is what was answered then. */
  replayed: boolean
}

/** Carries out a request, unless it was within the last 24 hours; then its answer is given again. */
export type Once = (
  request: KeyedRequest,
  work: (operations: Operations) => Promise<StoredAnswer>
) => Promise<OnceAnswer>

/**
 * Key, changes and answer are written in one transaction: whatever breaks, a request was carried out
 * and its answer is known, or neither. A refusal undoes the key too, so that it can be tried again.
 * @throws CarillonError `idempotency_key_reused`, `request_in_progress`
 */
export function createOnce(core: Core): Once {
  const going = new Set<string>()

  const replay = async (id: string, fingerprint: string, key: string) => {
    const row = await findRequest(core.db, id)
    if (row === undefined || isOld(row, core.clock.now())) return null
    if (row.fingerprint !== fingerprint) throw reused(key)
    return { answer: decodeAnswer(row), replayed: true }
  }

  return async ({ caller, as = NOBODY, key, content }, work) => {
    const id = digest(JSON.stringify([caller, key]))
    const fingerprint = digest(content)
    if (going.has(id)) throw inProgress(key)
    going.add(id)
    try {
      const earlier = await replay(id, fingerprint, key)
      if (earlier !== null) return earlier
      const answer = await together({ ...core, caller: as }, (inner) =>
        carryOut(inner, { id, fingerprint }, work)
      )
      return { answer, replayed: false }
    } catch (error) {
      if (!core.db.dialect.isDuplicate(error)) throw error
      // Another replica has carried it out in the meantime.
      const earlier = await replay(id, fingerprint, key)
      if (earlier === null) throw error
      return earlier
    } finally {
      going.delete(id)
    }
  }
}

async function carryOut(
  core: Core,
  { id, fingerprint }: { id: string; fingerprint: string },
  work: (operations: Operations) => Promise<StoredAnswer>
): Promise<StoredAnswer> {
  const now = core.clock.now()
  const before = await findRequest(core.db, id)
  if (before !== undefined && isOld(before, now)) await deleteRequest(core.db, id)
  await insertRequest(core.db, { id, fingerprint, received_at: now })
  const answer = await work(createOperations(core))
  await saveAnswer(core.db, id, answer)
  return answer
}

function isOld(row: RequestRow, now: number): boolean {
  return row.received_at < now - REQUESTS_KEPT_MS
}

function digest(text: string): string {
  return hash('sha256', text, 'hex')
}

function reused(key: string): CarillonError {
  const message = `The Idempotency-Key ${shown(key)} was used for another request within the last 24 hours; make a new key for every new request.`
  return new CarillonError('idempotency_key_reused', message)
}

function inProgress(key: string): CarillonError {
  const message = `The request with the Idempotency-Key ${shown(key)} is still being carried out; try again in a moment.`
  return new CarillonError('request_in_progress', message)
}
