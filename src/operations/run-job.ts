import { checkParams } from '../domain/define-job.ts'
import { CarillonError } from '../domain/errors.ts'
import type { Change } from '../domain/change.ts'
import type { OverlapPolicy } from '../domain/overlap.ts'
import { FIRST_MANUAL_SEQ, type Run } from '../domain/run.ts'
import { enqueueRun, type Enqueued, type EnqueueTime } from '../engine/enqueue.ts'
import type { WantedRun } from '../engine/plan.ts'
import { inTransaction } from '../store/transaction.ts'
import type { Db } from '../store/db.ts'
import { findRun } from '../store/list-runs.ts'
import { toRun, type RunRow } from '../store/run-codec.ts'
import { getJobRow, type Core } from './core.ts'
import { noteChange } from './note-change.ts'
import { usableDefinition } from './usable-definition.ts'

export interface RunRequest {
  /** Instead of the job's own; left out, the job's own are used. */
  params?: unknown
  /** Instead of the job's own. */
  overlap?: OverlapPolicy
}

/** Runs by hand may share an instant: a number of their own keeps their records apart. */
const MAX_SEQ = 2 ** 31

/**
 * Runs a job now, paused or finished as it may be; its schedule stays where it is.
 * @throws CarillonError `job_not_found`, `run_active` with the run that is in the way,
 *   `validation_failed` for params that are too long and for a stored definition that is broken
 */
export async function runJob(core: Core, id: number, request: RunRequest): Promise<Run> {
  checkParams(request.params)
  return core.withSlots(1, async (slots) => {
    const { enqueued, row, change } = await inTransaction(core.db, (trx) =>
      recordRun(trx, { core, time: core.enqueueTime(slots), id, request })
    )
    core.afterEnqueue(enqueued)
    core.events.emit('job_changed', { change })
    return toRun(mustExist(row))
  })
}

interface Recording {
  core: Core
  time: EnqueueTime
  id: number
  request: RunRequest
}

async function recordRun(
  trx: Db,
  { core, time, id, request }: Recording
): Promise<{ enqueued: Enqueued; row: RunRow | undefined; change: Change }> {
  const job = await getJobRow(trx, id)
  const definition = usableDefinition(id, job.definition)
  core.checkTarget({ ...definition, ...request })
  const wanted: WantedRun = {
    jobId: id,
    jobVersion: job.version,
    definition,
    scheduledFor: time.now,
    cause: 'manual',
    seq: FIRST_MANUAL_SEQ + Math.floor(Math.random() * (MAX_SEQ - FIRST_MANUAL_SEQ)),
    params: request.params === undefined ? null : JSON.stringify(request.params),
    overlap: request.overlap ?? definition.overlap,
    delayMs: 0
  }
  const enqueued = await enqueueRun(trx, wanted, time)
  if (enqueued.others[0]?.state === 'skipped') throw inTheWay(id, enqueued.active?.id)
  const runId = enqueued.inserted[0]?.id ?? 0
  const change = await noteChange(core, trx, {
    jobId: id,
    at: time.now,
    action: 'run',
    version: job.version,
    detail: { run_id: runId, params_given: request.params !== undefined }
  })
  return { enqueued, row: await findRun(trx, runId), change }
}

function inTheWay(jobId: number, runId: number | undefined): CarillonError {
  return new CarillonError(
    'run_active',
    `Job ${jobId} has run ${runId} going on and does not overlap; wait, cancel that run, or send an "overlap" of "queue_one", "replace" or "allow".`,
    { context: { job_id: jobId, run_id: runId } }
  )
}

function mustExist(row: RunRow | undefined): RunRow {
  if (row === undefined) throw new Error('A run that was just inserted is not there.')
  return row
}
