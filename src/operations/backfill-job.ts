import {
  listStretch,
  parseStretch,
  type Backfill,
  type BackfillRequest
} from '../domain/backfill.ts'
import { compileExclusions } from '../domain/exclusion.ts'
import { formatInstant } from '../domain/instant.ts'
import { withDefaults } from '../domain/job-definition.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import type { JobDefinition } from '../domain/job.ts'
import { requirementOf } from '../domain/target.ts'
import { BACKFILL_SEQ } from '../domain/run.ts'
import { inTransaction } from '../store/transaction.ts'
import { insertRuns, type NewRun } from '../store/insert-runs.ts'
import { contextOf, decodeInput, type JobRow } from '../store/job-codec.ts'
import { promoteQueuedRuns } from '../store/occupancy.ts'
import { getJobRow, type Core } from './core.ts'
import { noteChange } from './note-change.ts'
import { rehearse } from './rehearse.ts'

/**
 * Runs what the schedule of a job names in a stretch of the past, paused or finished as the job may
 * be. Unless its runs may overlap they take turns, after what is due now. What a backfill has run
 * before is not run again.
 * @throws CarillonError `job_not_found`, `validation_failed`, `command_not_allowed`
 */
export async function backfillJob(
  core: Core,
  id: number,
  request: BackfillRequest
): Promise<Backfill> {
  if (request.dry_run !== true) return write(core, id, request)
  const { result } = await rehearse(core, (dry) => write(dry, id, request))
  return { ...result, dry_run: true }
}

async function write(core: Core, id: number, request: BackfillRequest): Promise<Backfill> {
  const { backfill, change } = await inTransaction(core.db, async (trx) => {
    const now = core.clock.now()
    const stretch = parseStretch(request, now)
    const job = await getJobRow(trx, id)
    const definition = withDefaults(decodeInput(job.definition))
    core.checkTarget(definition)
    const schedule = scheduleOf(definition, contextOf(job))
    if (schedule === null) throw new Error(`Job ${id} has no schedule.`)
    const isExcluded = compileExclusions(definition.exclude, definition.timezone)
    const { occurrences, excluded } = listStretch(schedule, isExcluded, stretch)
    const runs = occurrences.map((at) => backfillRun(job, definition, at))
    const inserted = await insertRuns(trx, runs, { now, replica: null })
    // All of them wait in the queue of the job, so the first has to be let go.
    await promoteQueuedRuns(trx, [id], now)
    const created = inserted.length
    const noted = {
      jobId: id,
      at: now,
      action: 'backfilled',
      version: job.version,
      detail: { from: formatInstant(stretch.from), to: formatInstant(stretch.to), created }
    } as const
    return {
      backfill: {
        dry_run: false,
        created,
        existing: occurrences.length - created,
        excluded,
        occurrences: occurrences.map(formatInstant)
      },
      change: created === 0 ? null : await noteChange(core, trx, noted)
    }
  })
  if (change !== null) core.events.emit('job_changed', { change })
  core.wake()
  return backfill
}

function backfillRun(job: JobRow, definition: JobDefinition, at: number): NewRun {
  const { overlap, target, priority } = definition
  const takesTurns = overlap !== 'allow'
  return {
    jobId: job.id,
    jobVersion: job.version,
    scheduledFor: at,
    cause: 'backfill',
    seq: BACKFILL_SEQ,
    state: 'pending',
    reason: null,
    exclusive: takesTurns,
    waiting: takesTurns,
    handler: requirementOf(target),
    params: null,
    availableAt: null,
    delayMs: 0,
    rangeTo: null,
    occurrences: 1,
    priority
  }
}
