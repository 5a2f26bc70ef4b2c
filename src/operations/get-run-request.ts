import { CarillonError, messageOf } from '../domain/errors.ts'
import type { JobDefinition } from '../domain/job.ts'
import type { SentRequest } from '../domain/sent-request.ts'
import type { HttpTarget } from '../domain/target.ts'
import { readDefinition } from '../engine/stored-definition.ts'
import { showRequest } from '../engine/targets/shown-request.ts'
import { runParams, toRun, type RunRow } from '../store/run-codec.ts'
import { findRunDefinition } from '../store/run-definition.ts'
import { getRunRow } from './cancel-run.ts'
import type { Core } from './core.ts'

/**
 * What an attempt of a run sends, or would have sent where it never came to that; it is not kept, but
 * made anew of the definition and the run, by what made it. The last attempt, if none is named.
 * @throws CarillonError `run_not_found`, `no_request`, `validation_failed` for an attempt that never was
 */
export async function getRunRequest(
  { db }: Core,
  id: number,
  { attempt }: { attempt?: number }
): Promise<SentRequest> {
  const row = await getRunRow(db, id)
  const { number, startedAt } = attemptOf(row, attempt ?? row.attempt)
  const stored = await findRunDefinition(db, id)
  if (stored === null) throw noRequest(id, 'the definition that it had is kept no longer')
  const definition = definitionOr(id, stored)
  const { target } = definition
  if (target.type !== 'http') throw noRequest(id, `its target is of type "${target.type}"`)
  const params = runParams(row, definition)
  const { job_id: jobId, scheduled_for: scheduledFor } = row
  const run = { id, scheduledFor, attempt: number, fencingToken: number }
  return shownOr(id, target, (one) =>
    showRequest(one, { job: { id: jobId }, run, params }, startedAt)
  )
}

/** Which attempt it is, and when it began. */
function attemptOf(row: RunRow, number: number): { number: number; startedAt: number } {
  const { id, attempt: count } = row
  if (count === 0) throw noRequest(id, 'it has not been tried')
  const found = toRun(row).attempts.find(({ attempt }) => attempt === number)
  if (found !== undefined) return { number, startedAt: Date.parse(found.started_at) }
  if (number < count) throw noRequest(id, `of its attempt ${number} nothing is kept any more`)
  const detail = `"attempt" is ${number}, but run ${id} was tried ${count === 1 ? 'once' : `${count} times`}; name an attempt from 1 to ${count}.`
  const faults = [{ in: 'query' as const, pointer: '/attempt', detail }]
  throw new CarillonError('validation_failed', detail, { faults })
}

/** What another version stored, or somebody by hand, may not be a definition to this one. */
function definitionOr(id: number, stored: string): JobDefinition {
  try {
    return readDefinition(stored)
  } catch (error) {
    throw noRequest(id, messageOf(error))
  }
}

/** A stored target that today's rules refuse is not called. */
function shownOr(
  id: number,
  target: HttpTarget,
  show: (target: HttpTarget) => SentRequest
): SentRequest {
  try {
    return show(target)
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error
    throw noRequest(id, error.message)
  }
}

function noRequest(id: number, why: string): CarillonError {
  return new CarillonError('no_request', `There is no request of run ${id} to show: ${why}.`)
}
