import type { Clock } from '../domain/clock.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Invariant } from '../domain/invariant.ts'
import { firstHour } from '../domain/run-hours.ts'
import { cancelRuns, type CancelledRun } from '../store/cancel-runs.ts'
import { listDuplicates, listMissingIndexes } from '../store/check-indexes.ts'
import { listUncountedHours } from '../store/check-counts.ts'
import { listOverdueJobs, listUnplannedJobs } from '../store/check-jobs.ts'
import {
  giveBackRuns,
  listAbandonedRuns,
  listOrphanedRuns,
  listUnheldRuns
} from '../store/check-runs.ts'
import type { Db } from '../store/db.ts'
import { stopReplica } from '../store/replicas.ts'
import { inTransaction } from '../store/transaction.ts'
import type { EventHub } from './events.ts'
import { idsOf } from './ids-of.ts'
import { planAnew } from './plan-anew.ts'
import type { ReplicaIdentity } from './replica.ts'
import type { RoundsStatus } from './rounds.ts'

/** Longer than this nothing is due in peace; under load much is. */
const OVERDUE_MS = 120_000
/** After the end of a lease, in which a dead replica is to be noticed. */
const NOTICED_WITHIN_MS = 5_000
/** How many rows a check looks at, and how many it lists and repairs at most. */
const PART = { size: 10_000, limit: 500 }
const WINDOW = { size: 2_000, limit: 500 }

export interface CheckParts {
  db: Db
  clock: Clock
  events: EventHub
  /** The id under which this replica holds runs. */
  owner(): number
  rounds(): RoundsStatus
  /** Lets the loops look again at what is due. */
  wake(): void
  identity: Pick<ReplicaIdentity, 'version'>
  /** Called after the commit with what was cancelled. */
  onCancelled(runs: readonly CancelledRun[], reason: string): void
}

/** What a check found: ids of jobs or runs, names of indexes, or hours. */
export interface Finding {
  found: readonly (number | string)[]
  /** What was done about it, as a sentence. */
  repair: string | null
}

type Check = () => Promise<Finding>

/** One look at an invariant each, with the repair where it is safe. They remember what they saw. */
export function createChecks(parts: CheckParts): Readonly<Record<Invariant, Check>> {
  return {
    overdue_job: createOverdueCheck(parts),
    next_run_missing: createPlanCheck(parts),
    running_without_lease: createLeaseCheck(parts),
    run_of_unknown_job: createOrphanCheck(parts),
    ...createIndexChecks(parts),
    counter_mismatch: createCountCheck(parts)
  }
}

/**
 * A job counts when it was overdue at the check before already, for the same occurrence, and every
 * round since then has gone through all that was due and left it: so a backlog never counts, however
 * long it takes, nor what another replica is about to record.
 */
function createOverdueCheck({ db, clock, rounds, wake }: CheckParts): Check {
  let seen = new Map<number, number>()
  let seenAt = Infinity
  return async () => {
    const now = clock.now()
    const overdue = await listOverdueJobs(db, { dueBefore: now - OVERDUE_MS, limit: PART.limit })
    const { lastAt, thoroughSince } = rounds()
    const wentOn = lastAt !== null && lastAt > seenAt
    const isLeft = wentOn && thoroughSince !== null && thoroughSince <= seenAt
    const left = isLeft ? overdue.filter((job) => seen.get(job.id) === job.next_run_at) : []
    seen = new Map(overdue.map((job) => [job.id, job.next_run_at]))
    seenAt = now
    if (left.length > 0) wake()
    return { found: left.map((job) => job.id), repair: null }
  }
}

function createPlanCheck({ db, clock, events, wake }: CheckParts): Check {
  let after = 0
  return async () => {
    const part = await listUnplannedJobs(db, { ...PART, after })
    after = part.next
    if (part.ids.length === 0) return { found: [], repair: null }
    const planned = await inTransaction(db, async (trx) => {
      const all = []
      for (const id of part.ids) all.push(await planAnew(trx, id, clock.now()))
      return all.filter((job) => job !== null)
    })
    const finished = planned.filter((job) => job.nextRunAt === null)
    events.emit('jobs_moved', { ids: idsOf(planned) })
    for (const { change } of planned) events.emit('job_changed', { change })
    if (finished.length > 0) events.emit('jobs_finished', { ids: idsOf(finished) })
    wake()
    return { found: idsOf(planned), repair: 'They have their first occurrence after now again.' }
  }
}

/**
 * A run counts at once when it has no owner, and when two checks see it with a dead one: dead replicas
 * are usual, and their runs are taken back within seconds.
 */
function createLeaseCheck({ db, clock, owner }: CheckParts): Check {
  let after = 0
  let seen = new Map<number, number>()
  return async () => {
    const now = clock.now()
    const endedBefore = now - NOTICED_WITHIN_MS
    const query = { self: owner(), endedBefore, limit: PART.limit }
    const abandoned = await listAbandonedRuns(db, query)
    const left = abandoned.filter((run) => seen.get(run.id) === run.attempt)
    seen = new Map(abandoned.map((run) => [run.id, run.attempt]))
    for (const dead of new Set(left.map((run) => run.owner))) await stopReplica(db, dead, { now })
    const unheld = await listUnheldRuns(db, { ...PART, after })
    after = unheld.next
    await giveBackRuns(db, unheld.ids)
    return {
      found: [...unheld.ids, ...idsOf(left)],
      repair: 'They are taken back, as from a replica that died.'
    }
  }
}

const UNKNOWN_JOB = 'unknown_job'

function createOrphanCheck({ db, clock, onCancelled }: CheckParts): Check {
  return async () => {
    const found = await listOrphanedRuns(db, WINDOW)
    const query = { now: clock.now(), reason: UNKNOWN_JOB }
    const cancelled =
      found.length === 0 ? [] : await inTransaction(db, (trx) => cancelRuns(trx, found, query))
    onCancelled(cancelled, UNKNOWN_JOB)
    return { found: idsOf(cancelled), repair: 'They were cancelled.' }
  }
}

/** With its unique index there can be no second record of an occurrence. */
function createIndexChecks({ db }: CheckParts) {
  let missing: string[] = []
  return {
    unique_index_missing: async (): Promise<Finding> => {
      missing = await listMissingIndexes(db)
      return { found: missing, repair: null }
    },
    duplicate_occurrence: async (): Promise<Finding> => {
      const isSure = !missing.includes('carillon_runs_occurrence')
      return { found: isSure ? [] : await listDuplicates(db, WINDOW), repair: null }
    }
  }
}

/** What is too low stays so, and is told of until the hour is none of the last 24. */
function createCountCheck({ db, clock, identity: { version } }: CheckParts): Check {
  return async () => {
    const query = { since: firstHour(clock.now()), version, size: WINDOW.size }
    const hours = await listUncountedHours(db, query)
    const found = hours.map(({ hour, outcome }) => `${formatInstant(hour)} ${outcome}`)
    return { found, repair: null }
  }
}
