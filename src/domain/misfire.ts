import type { Schedule } from './schedule.ts'

/** What happens to occurrences that were missed while nothing could run them. */
export const MISFIRE_POLICIES = ['latest', 'all', 'skip'] as const
export type MisfirePolicy = (typeof MISFIRE_POLICIES)[number]

export const MISSED_REASONS = ['downtime', 'coalesced', 'expired'] as const
export type MissedReason = (typeof MISSED_REASONS)[number]

/** An occurrence noticed within this time of its instant counts as on time. */
export const ON_TIME_MS = 60_000
const MIN_WINDOW_MS = 60_000
const MAX_WINDOW_MS = 86_400_000
/** More missed occurrences in a row than this are recorded as one range. */
export const MAX_SINGLE_MISSED = 100

export interface MisfireRule {
  policy: MisfirePolicy
  /** How old an occurrence may be and still be run; null for one period within 1 m … 24 h. */
  windowMs: number | null
  /** The most occurrences that `all` runs; the newest ones. */
  limit: number
}

/** Occurrences that are not run: one, or several in a row as one range (`from` and `to` inclusive). */
export interface Missed {
  from: number
  to: number
  count: number
  reason: MissedReason
}

/** What a due job owes: every occurrence from the due one up to now is in exactly one place. */
export interface Owed {
  run: { scheduledFor: number; cause: 'schedule' | 'catch_up' }[]
  missed: Missed[]
  /** The first occurrence after now; null when there is none. */
  next: number | null
}

export interface DueJob {
  schedule: Schedule
  dueAt: number
  now: number
  rule: MisfireRule
}

/**
 * Decides what becomes of every occurrence in `[dueAt, now]`. The usual case, one occurrence on
 * time, costs one call of `next`.
 */
export function decideOwed(job: DueJob): Owed {
  const { schedule, dueAt, now } = job
  const second = schedule.next(dueAt)
  if ((second === null || second > now) && now - dueAt <= ON_TIME_MS) {
    return { run: [{ scheduledFor: dueAt, cause: 'schedule' }], missed: [], next: second }
  }
  const newest = toRun(job)
  const oldest = newest.at(-1)
  const missed: Missed[] = []
  const cutoff = now - windowMs(job)
  const end = oldest === undefined ? now + 1 : oldest
  // What is not run lies before what is run, in two stretches: too old, and given up for newer ones.
  if (job.rule.policy === 'skip') {
    addMissed(missed, job, { from: dueAt, before: end, reason: 'downtime' })
  } else {
    const edge = Math.min(Math.max(cutoff, dueAt), end)
    addMissed(missed, job, { from: dueAt, before: edge, reason: 'expired' })
    addMissed(missed, job, { from: edge, before: end, reason: 'coalesced' })
  }
  const run = newest.toReversed().map((at) => ({
    scheduledFor: at,
    cause:
      now - at <= ON_TIME_MS && at === newest[0] ? ('schedule' as const) : ('catch_up' as const)
  }))
  return { run, missed, next: schedule.next(now) }
}

/** The occurrences to run, newest first. */
function toRun({ schedule, dueAt, now, rule }: DueJob): number[] {
  const oldestWanted = Math.max(
    dueAt,
    rule.policy === 'skip' ? now - ON_TIME_MS : now - windowMs({ schedule, dueAt, now, rule })
  )
  const most = rule.policy === 'all' ? rule.limit : 1
  const wanted: number[] = []
  let at = schedule.previous(now + 1)
  while (at !== null && at >= oldestWanted && wanted.length < most) {
    wanted.push(at)
    at = schedule.previous(at)
  }
  return wanted
}

function windowMs({ schedule, dueAt, rule }: DueJob): number {
  if (rule.windowMs !== null) return rule.windowMs
  const second = schedule.next(dueAt)
  const period = second === null ? MAX_WINDOW_MS : second - dueAt
  return Math.min(Math.max(period, MIN_WINDOW_MS), MAX_WINDOW_MS)
}

/** Records the occurrences in `[from, before)`: the newest singly, what is older as one range. */
function addMissed(
  into: Missed[],
  { schedule }: DueJob,
  span: { from: number; before: number; reason: MissedReason }
): void {
  const singles: Missed[] = []
  let at = schedule.previous(span.before)
  while (at !== null && at >= span.from && singles.length < MAX_SINGLE_MISSED) {
    singles.push({ from: at, to: at, count: 1, reason: span.reason })
    at = schedule.previous(at)
  }
  if (at !== null && at >= span.from) {
    const count = schedule.count(span.from - 1, at)
    into.push({ from: firstAtOrAfter(schedule, span.from), to: at, count, reason: span.reason })
  }
  into.push(...singles.toReversed())
}

function firstAtOrAfter(schedule: Schedule, at: number): number {
  return schedule.next(at - 1) ?? at
}
