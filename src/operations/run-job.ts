import { checkParams } from '../domain/define-job.ts'
import { CarillonError, messageOf } from '../domain/errors.ts'
import type { JobDefinition } from '../domain/job.ts'
import type { OverlapPolicy } from '../domain/overlap.ts'
import { FIRST_MANUAL_SEQ, type Run } from '../domain/run.ts'
import { enqueueRun } from '../engine/enqueue.ts'
import { readDefinition } from '../engine/stored-definition.ts'
import { inTransaction } from '../store/transaction.ts'
import type { JobRow } from '../store/job-codec.ts'
import { findRun } from '../store/list-runs.ts'
import { toRun, type RunRow } from '../store/run-codec.ts'
import { getJobRow, type Core } from './core.ts'

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
  const { enqueued, row } = await inTransaction(core.db, async (trx) => {
    const job = await getJobRow(trx, id)
    const definition = usableDefinition(job)
    const time = core.enqueueTime()
    const done = await enqueueRun(
      trx,
      {
        jobId: id,
        jobVersion: job.version,
        definition,
        scheduledFor: time.now,
        cause: 'manual',
        seq: FIRST_MANUAL_SEQ + Math.floor(Math.random() * (MAX_SEQ - FIRST_MANUAL_SEQ)),
        params: request.params === undefined ? null : JSON.stringify(request.params),
        overlap: request.overlap ?? definition.overlap,
        delayMs: 0
      },
      time
    )
    if (done.others[0]?.state === 'skipped') throw inTheWay(id, done.active?.id)
    return { enqueued: done, row: await findRun(trx, done.inserted[0]?.id ?? 0) }
  })
  core.afterEnqueue(enqueued)
  return toRun(mustExist(row))
}

function usableDefinition(job: JobRow): JobDefinition {
  try {
    return readDefinition(job.definition)
  } catch (error) {
    throw new CarillonError(
      'validation_failed',
      `The stored definition of job ${job.id} cannot be used: ${messageOf(error)} Change the job.`
    )
  }
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
