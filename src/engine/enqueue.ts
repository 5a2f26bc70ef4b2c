import { SCHEDULER } from '../domain/caller.ts'
import type { Change, ChangeAction } from '../domain/change.ts'
import type { Occupancy } from '../domain/overlap.ts'
import { insertChange, type NewChange } from '../store/changes.ts'
import { cancelRuns, type CancelledRun } from '../store/cancel-runs.ts'
import type { Db } from '../store/db.ts'
import { advanceJobs, type DueJobRow } from '../store/due-jobs.ts'
import { updateJobState } from '../store/jobs.ts'
import { insertRuns, type InsertedRun } from '../store/insert-runs.ts'
import { findPause } from '../store/pause.ts'
import { findSignals } from '../store/replicas.ts'
import { runParams } from '../store/run-codec.ts'
import {
  countQueuedRuns,
  listActiveRuns,
  promoteQueuedRuns,
  supersedeQueuedRuns,
  type ActiveRun,
  type SupersededRun
} from '../store/occupancy.ts'
import type { ClaimedRun, ClaimTime } from './claimed-run.ts'
import type { EventHub } from './events.ts'
import { planDueJobs, planRun, type Plan, type PlannedRun, type WantedRun } from './plan.ts'

/** By whom and when runs are recorded. */
export interface EnqueueTime {
  now: number
  /** The replica that holds what starts at once; null when nothing may. */
  replica: number | null
  handlers: ReadonlySet<string>
  slots: number
}

/** What an enqueue wrote; becomes true when its transaction commits. */
export interface Enqueued {
  /** Runs that this replica holds and must carry out now. */
  claimed: ClaimedRun[]
  /** The other records: what waits, and what is not run. */
  others: PlannedRun[]
  /** Active runs that give way to a newer one. */
  cancelled: CancelledRun[]
  /** Runs that waited and give way to a newer one. */
  superseded: SupersededRun[]
  inserted: InsertedRun[]
  moves: Plan['moves']
  broken: Plan['broken']
  /** What the scheduler did to jobs by itself. */
  changes: Change[]
}

/**
 * Records what becomes of every due occurrence of these jobs and moves them on, inside the caller's
 * transaction: an occurrence and its record are never apart. The slots are {@link usableSlots}, asked
 * for before the jobs were.
 */
export async function enqueueJobs(
  trx: Db,
  due: readonly DueJobRow[],
  time: EnqueueTime
): Promise<Enqueued> {
  const ids = due.map((job) => job.id)
  const { occupancy, active } = await readOccupancy(trx, ids)
  const plan = planDueJobs(due, { ...time, occupancy })
  await advanceJobs(trx, plan.moves)
  const changes: Change[] = []
  const note = async (jobId: number, action: ChangeAction, detail: NewChange['detail']) => {
    const version = due.find((job) => job.id === jobId)?.version ?? 0
    const change = { jobId, at: time.now, action, caller: SCHEDULER, version, detail }
    changes.push(await insertChange(trx, change))
  }
  for (const { id } of plan.moves.filter((move) => move.resumed)) await note(id, 'resumed', null)
  for (const broken of plan.broken) {
    const reason = `The stored definition cannot be used: ${broken.reason}`
    await updateJobState(trx, broken.id, {
      state: 'paused',
      pause_reason: reason,
      paused_at: time.now,
      next_run_at: null
    })
    await note(broken.id, 'paused', { reason, until: null })
  }
  return { ...(await writePlan(trx, plan, { time, active })), changes }
}

/** The same for a single run, such as one by hand. */
export async function enqueueRun(
  trx: Db,
  wanted: WantedRun,
  time: EnqueueTime
): Promise<Enqueued & { active: ActiveRun | undefined }> {
  const usable = await usableSlots(trx, time)
  const isPaused = (await findPause(trx)) !== null
  const { occupancy, active } = await readOccupancy(trx, [wanted.jobId])
  const slots = isPaused ? 0 : usable
  const plan = planRun(wanted, { ...time, slots, occupancy, isPaused })
  return { ...(await writePlan(trx, plan, { time, active })), active: active[0] }
}

/**
 * The slots that may be filled in a transaction: a replica that was found dead, and may not know it yet,
 * starts nothing. What is read after it is true until the transaction ends, also whether scheduling is
 * paused: who pauses it waits for the transaction.
 */
export async function usableSlots(trx: Db, { replica, slots }: EnqueueTime): Promise<number> {
  if (replica === null || slots === 0) return 0
  return (await findSignals(trx, replica)) === undefined ? 0 : slots
}

async function readOccupancy(trx: Db, jobIds: readonly number[]) {
  const active = await listActiveRuns(trx, jobIds)
  const occupancy = new Map<number, Occupancy>(
    active.map((run) => [run.job_id, { active: true, queued: 0 }])
  )
  // Runs wait only behind an active one.
  if (active.length > 0) {
    for (const { job_id: jobId, queued } of await countQueuedRuns(trx, jobIds)) {
      occupancy.set(jobId, { active: occupancy.has(jobId), queued })
    }
  }
  return { occupancy, active }
}

async function writePlan(
  trx: Db,
  plan: Plan,
  { time, active }: { time: EnqueueTime; active: readonly ActiveRun[] }
): Promise<Enqueued> {
  // Before the insert, because the newer run of the same job waits in the same queue.
  const superseded = await supersedeQueuedRuns(trx, plan.superseded, time)
  const replaced = new Set(plan.replaced)
  const cancelled = await cancelRuns(
    trx,
    active.filter((run) => replaced.has(run.job_id)).map((run) => run.id),
    { now: time.now, reason: 'replaced', replica: time.replica }
  )
  const inserted = await insertRuns(trx, plan.runs, time)
  // A run that only waited for its retry is gone at once, and nobody will settle it.
  const freed = cancelled.filter((run) => run.state === 'cancelled').map((run) => run.job_id)
  await promoteQueuedRuns(trx, freed, time.now)
  const others = plan.runs.filter((run) => run.state !== 'running')
  const claimed = claimedAmong(plan.runs, inserted, time)
  return {
    claimed,
    others,
    cancelled,
    superseded,
    inserted,
    moves: plan.moves,
    broken: plan.broken,
    changes: []
  }
}

/** The inserted rows say which of the planned runs this replica really holds. */
function claimedAmong(
  planned: readonly PlannedRun[],
  inserted: readonly InsertedRun[],
  { now, replica: owner }: EnqueueTime
): ClaimedRun[] {
  if (owner === null) return []
  const ids = new Map(inserted.map((row) => [`${row.job_id} ${row.scheduled_for}`, row.id]))
  const claimed: ClaimedRun[] = []
  for (const run of planned) {
    const id = run.state === 'running' ? ids.get(`${run.jobId} ${run.scheduledFor}`) : undefined
    if (id !== undefined) claimed.push(startedRun(run, id, { owner, now }))
  }
  return claimed
}

function startedRun(run: PlannedRun, id: number, { owner, now }: ClaimTime): ClaimedRun {
  return {
    id,
    owner,
    job_id: run.jobId,
    job_name: run.definition.name,
    target: run.definition.target.type,
    job_version: run.jobVersion,
    definition: run.definition,
    params: runParams(run, run.definition),
    scheduled_for: run.scheduledFor,
    delay_ms: run.delayMs,
    cause: run.cause,
    attempt: 1,
    queued_at: now,
    started_at: now,
    earlier: []
  }
}

/** Tells what an enqueue did; to be called after its commit. */
export function announceEnqueued(events: EventHub, enqueued: Enqueued): void {
  for (const run of enqueued.others) {
    if (run.state === 'skipped' || run.state === 'missed') {
      events.emit('occurrences_not_run', {
        job_id: run.jobId,
        state: run.state,
        reason: run.reason ?? run.state,
        count: run.occurrences
      })
    } else if (run.reason === 'no_handler' && run.handler !== null) {
      events.emit('handler_missing', { job_id: run.jobId, handler: run.handler })
    }
  }
  for (const { job_id: jobId } of enqueued.superseded) {
    const skipped = { state: 'skipped', reason: 'overlap', count: 1 } as const
    events.emit('occurrences_not_run', { job_id: jobId, ...skipped })
  }
  for (const { id, reason } of enqueued.broken) events.emit('job_broken', { job_id: id, reason })
  const finished = enqueued.moves.filter((move) => move.nextRunAt === null).map((move) => move.id)
  const moved = new Set([...enqueued.moves, ...enqueued.broken].map((job) => job.id))
  for (const run of enqueued.claimed) moved.add(run.job_id)
  if (moved.size > 0) events.emit('jobs_moved', { ids: [...moved] })
  if (finished.length > 0) events.emit('jobs_finished', { ids: finished })
  for (const change of enqueued.changes) events.emit('job_changed', { change })
}
