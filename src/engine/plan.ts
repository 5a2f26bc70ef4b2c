import { messageOf } from '../domain/errors.ts'
import type { JobDefinition } from '../domain/job.ts'
import { jitterMs, misfireRule } from '../domain/job-definition.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { compileExclusions } from '../domain/exclusion.ts'
import { startDelayMs } from '../domain/jitter.ts'
import { decideOwed, limitOwed, type NotRun, type Owed } from '../domain/misfire.ts'
import type { Schedule } from '../domain/schedule.ts'
import { decideOverlap, type Occupancy, type OverlapPolicy } from '../domain/overlap.ts'
import { SCHEDULING_PAUSED, type RunCause } from '../domain/run.ts'
import { requirementOf } from '../domain/target.ts'
import type { DueJobRow, JobMove } from '../store/due-jobs.ts'
import type { NewRun } from '../store/insert-runs.ts'
import { contextOf } from '../store/job-codec.ts'
import { readDefinition } from './stored-definition.ts'

/** A record to be made, and the definition that it works on. */
export interface PlannedRun extends NewRun {
  definition: JobDefinition
}

/** Everything that due jobs owe, decided; nothing is written yet. */
export interface Plan {
  runs: PlannedRun[]
  moves: JobMove[]
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
  /** Whether what could start must wait because scheduling is paused. */
  isPaused?: boolean
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
  /** How much later than `scheduledFor` it is to start. */
  delayMs: number
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

  const startable = ({ target }: JobDefinition): boolean => {
    const needed = requirementOf(target)
    return needed === null || situation.handlers.has(needed)
  }

  const addRun = (wanted: WantedRun): void => {
    const record = newRecord(wanted)
    const occupied = occupancyOf(wanted.jobId)
    const decision = decideOverlap(wanted.overlap, occupied)
    const startAt = wanted.scheduledFor + wanted.delayMs
    if (decision === 'start') {
      if (startAt > situation.now) record.availableAt = startAt
      else if (slots > 0 && startable(wanted.definition)) {
        slots--
        record.state = 'running'
      } else if (situation.isPaused === true) record.reason = SCHEDULING_PAUSED
      else if (!startable(wanted.definition)) record.reason = 'no_handler'
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
    const schedule = scheduleOf(definition, contextOf(job))
    if (schedule === null) throw new Error(`Job ${job.id} is due but has no schedule.`)
    if (job.state === 'paused') return resumeJob(job, schedule)
    const owed = owedBy(job, { definition, schedule, now: situation.now })
    for (const record of owed.notRun) plan.runs.push(notRunRecord(job, definition, record))
    // Occurrences that are caught up together would be in each other's way: they take turns.
    const overlap =
      owed.run.length > 1 && definition.overlap !== 'allow' ? 'queue_all' : definition.overlap
    for (const { scheduledFor, cause } of owed.run) {
      const { id: jobId, version: jobVersion } = job
      const delayMs = delayOf(jobId, scheduledFor, { definition, schedule })
      addRun({ ...plainRun, jobId, jobVersion, definition, scheduledFor, cause, overlap, delayMs })
    }
    const skipped = owed.notRun.filter((record) => record.reason === 'skip_next').length
    const skipNext = job.skip_next - skipped
    const { next: nextRunAt } = owed
    plan.moves.push({ id: job.id, nextRunAt, runs: owed.run.length, skipNext, resumed: false })
  }

  /** What is due of a paused job is the end of its pause. */
  const resumeJob = (job: DueJobRow, schedule: Schedule): void => {
    const nextRunAt = schedule.next((job.paused_until ?? situation.now) - 1)
    const { id, skip_next: skipNext } = job
    plan.moves.push({ id, nextRunAt, runs: 0, skipNext, resumed: true })
  }

  return { plan, addJob, addRun }
}

const plainRun = { seq: 0, params: null, delayMs: 0 }

interface Timed {
  definition: JobDefinition
  schedule: Schedule
}

function owedBy(job: DueJobRow, { definition, schedule, now }: Timed & { now: number }): Owed {
  const owed = decideOwed({
    schedule,
    dueAt: job.next_run_at,
    now,
    rule: misfireRule(definition),
    isExcluded: compileExclusions(definition.exclude, definition.timezone)
  })
  const { max_runs: maxRuns } = definition
  return limitOwed(owed, {
    skipNext: job.skip_next,
    remainingRuns: maxRuns === null ? null : Math.max(0, maxRuns - job.scheduled_runs)
  })
}

function delayOf(jobId: number, occurrence: number, { definition, schedule }: Timed): number {
  const jitter = jitterMs(definition)
  if (jitter === 0) return 0
  const next = schedule.next(occurrence)
  const periodMs = next === null ? null : next - occurrence
  return startDelayMs({ jobId, occurrence, jitterMs: jitter, periodMs })
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
    handler: requirementOf(definition.target),
    params: wanted.params,
    availableAt: null,
    delayMs: wanted.delayMs,
    rangeTo: null,
    occurrences: 1,
    priority: definition.priority
  }
}

function notRunRecord(job: DueJobRow, definition: JobDefinition, record: NotRun): PlannedRun {
  const { id: jobId, version: jobVersion } = job
  const base = { ...plainRun, jobId, jobVersion, definition, scheduledFor: record.from }
  return {
    ...newRecord({ ...base, cause: 'schedule', overlap: 'allow' }),
    state: record.state,
    reason: record.reason,
    rangeTo: record.count > 1 ? record.to : null,
    occurrences: record.count
  }
}
