import { messageOf } from '../domain/errors.ts'
import type { JobDefinition } from '../domain/job.ts'
import { misfireRule } from '../domain/job-definition.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { decideOwed, type Missed } from '../domain/misfire.ts'
import { decideOverlap, type Occupancy, type OverlapPolicy } from '../domain/overlap.ts'
import type { RunCause } from '../domain/run.ts'
import type { DueJobRow } from '../store/due-jobs.ts'
import type { NewRun } from '../store/insert-runs.ts'
import { readDefinition } from './stored-definition.ts'

/** A record to be made, and the definition that it works on. */
export interface PlannedRun extends NewRun {
  definition: JobDefinition
}

/** Everything that due jobs owe, decided; nothing is written yet. */
export interface Plan {
  runs: PlannedRun[]
  moves: { id: number; nextRunAt: number | null }[]
  /** Jobs whose waiting runs give way to a newer one. */
  superseded: number[]
  /** Jobs whose active run is to be cancelled for a newer one. */
  replaced: number[]
  /** Jobs whose stored definition cannot be used: they must not hold up the others. */
  broken: { id: number; reason: string }[]
}

/** What decisions depend on beside the jobs themselves. */
export interface Situation {
  now: number
  /** By job; jobs without unfinished runs are left out. */
  occupancy: ReadonlyMap<number, Occupancy>
  /** Handlers registered on this replica. */
  handlers: ReadonlySet<string>
  /** Runs that this replica can start at once. */
  slots: number
}

/** Decides what becomes of every due occurrence of every given job. */
export function planDueJobs(due: readonly DueJobRow[], situation: Situation): Plan {
  const planner = createPlanner(situation)
  for (const job of due) {
    try {
      planner.addJob(job)
    } catch (error) {
      planner.plan.broken.push({ id: job.id, reason: messageOf(error) })
    }
  }
  return planner.plan
}

/** A run that is wanted: what {@link planRun} decides about. */
export interface WantedRun {
  jobId: number
  jobVersion: number
  definition: JobDefinition
  scheduledFor: number
  cause: RunCause
  seq: number
  params: string | null
  overlap: OverlapPolicy
}

/** Decides about a single run, such as one by hand. */
export function planRun(wanted: WantedRun, situation: Situation): Plan {
  const planner = createPlanner(situation)
  planner.addRun(wanted)
  return planner.plan
}

function createPlanner(situation: Situation) {
  const plan: Plan = { runs: [], moves: [], superseded: [], replaced: [], broken: [] }
  const occupancy = new Map<number, Occupancy>()
  let slots = situation.slots

  const occupancyOf = (jobId: number): Occupancy => {
    let found = occupancy.get(jobId)
    if (found === undefined) {
      found = { ...(situation.occupancy.get(jobId) ?? { active: false, queued: 0 }) }
      occupancy.set(jobId, found)
    }
    return found
  }

  const startable = ({ target }: JobDefinition): boolean =>
    target.type !== 'handler' || situation.handlers.has(target.name)

  const addRun = (wanted: WantedRun): void => {
    const record = newRecord(wanted)
    const occupied = occupancyOf(wanted.jobId)
    const decision = decideOverlap(wanted.overlap, occupied)
    if (decision === 'start') {
      if (slots > 0 && startable(wanted.definition)) {
        slots--
        record.state = 'running'
      } else if (!startable(wanted.definition)) record.reason = 'no_handler'
      occupied.active ||= record.exclusive
    } else if (decision === 'skip' || decision === 'queue_full') {
      record.state = 'skipped'
      record.reason = decision === 'skip' ? 'overlap' : 'queue_full'
    } else {
      record.waiting = true
      if (decision !== 'queue') {
        plan.superseded.push(wanted.jobId)
        occupied.queued = 0
      }
      if (decision === 'replace') plan.replaced.push(wanted.jobId)
      occupied.queued++
    }
    plan.runs.push(record)
  }

  const addJob = (job: DueJobRow): void => {
    const definition = readDefinition(job.definition)
    const schedule = scheduleOf(definition, job.created_at)
    if (schedule === null) throw new Error(`Job ${job.id} is due but has no schedule.`)
    const rule = misfireRule(definition)
    const owed = decideOwed({ schedule, dueAt: job.next_run_at, now: situation.now, rule })
    for (const missed of owed.missed) plan.runs.push(missedRecord(job, definition, missed))
    // Occurrences that are caught up together would be in each other's way: they take turns.
    const overlap =
      owed.run.length > 1 && definition.overlap !== 'allow' ? 'queue_all' : definition.overlap
    for (const { scheduledFor, cause } of owed.run) {
      const { id: jobId, version: jobVersion } = job
      addRun({ jobId, jobVersion, definition, scheduledFor, cause, seq: 0, params: null, overlap })
    }
    plan.moves.push({ id: job.id, nextRunAt: owed.next })
  }

  return { plan, addJob, addRun }
}

function newRecord(wanted: WantedRun): PlannedRun {
  const { definition } = wanted
  return {
    jobId: wanted.jobId,
    jobVersion: wanted.jobVersion,
    definition,
    scheduledFor: wanted.scheduledFor,
    cause: wanted.cause,
    seq: wanted.seq,
    state: 'pending',
    reason: null,
    exclusive: wanted.overlap !== 'allow',
    waiting: false,
    handler: definition.target.type === 'handler' ? definition.target.name : null,
    params: wanted.params,
    rangeTo: null,
    occurrences: 1
  }
}

function missedRecord(job: DueJobRow, definition: JobDefinition, missed: Missed): PlannedRun {
  return {
    ...newRecord({
      jobId: job.id,
      jobVersion: job.version,
      definition,
      scheduledFor: missed.from,
      cause: 'schedule',
      seq: 0,
      params: null,
      overlap: 'allow'
    }),
    state: 'missed',
    reason: missed.reason,
    rangeTo: missed.count > 1 ? missed.to : null,
    occurrences: missed.count
  }
}
