import type { IsExcluded } from './exclusion.ts'
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

/** How many excluded occurrences are looked past for one that may run. */
const MAX_WALK = 100_000

export interface MisfireRule {
  policy: MisfirePolicy
  /** How old an occurrence may be and still be run; null for one period within 1 m … 24 h. */
  windowMs: number | null
  /** The most occurrences that `all` runs; the newest ones. */
  limit: number
}

/** Occurrences that are not run: one, or several in a row as one range (`from` and `to` inclusive). */
export interface NotRun {
  from: number
  to: number
  count: number
  state: 'missed' | 'skipped'
  reason: MissedReason | 'excluded' | 'skip_next'
}

/** What a due job owes: every occurrence from the due one up to now is in exactly one place. */
export interface Owed {
  run: { scheduledFor: number; cause: 'schedule' | 'catch_up' }[]
  notRun: NotRun[]
  /** The first occurrence after now; null when there is none. */
  next: number | null
}

export interface DueJob {
  schedule: Schedule
  dueAt: number
  now: number
  rule: MisfireRule
  isExcluded: IsExcluded
}

/**
 * Decides what becomes of every occurrence in `[dueAt, now]`. The usual case, one occurrence on
 * time, costs one call of `next`.
 */
export function decideOwed(job: DueJob): Owed {
  const { schedule, dueAt, now } = job
  const second = schedule.next(dueAt)
  if ((second === null || second > now) && now - dueAt <= ON_TIME_MS) {
    if (job.isExcluded(dueAt)) return { run: [], notRun: [excludedAt(dueAt)], next: second }
    return { run: [{ scheduledFor: dueAt, cause: 'schedule' }], notRun: [], next: second }
  }
  const recent = walkBack(job)
  const before = recent.reached
  const notRun: NotRun[] = []
  // What is not run lies before what is run, in two stretches: too old, and given up for newer ones.
  if (job.rule.policy === 'skip') {
    addMissed(notRun, job, { from: dueAt, before, reason: 'downtime' })
  } else {
    const edge = Math.min(Math.max(now - windowMs(job), dueAt), before)
    addMissed(notRun, job, { from: dueAt, before: edge, reason: 'expired' })
    addMissed(notRun, job, { from: edge, before, reason: 'coalesced' })
  }
  const newest = recent.wanted[0]
  const run = recent.wanted.toReversed().map((at) => ({
    scheduledFor: at,
    cause: now - at <= ON_TIME_MS && at === newest ? ('schedule' as const) : ('catch_up' as const)
  }))
  notRun.push(...recent.excluded.toReversed().flatMap(recordsOf))
  return { run, notRun, next: schedule.next(now) }
}

/** The newest occurrences, newest first: those to run, and the excluded ones on the way to them. */
interface Recent {
  wanted: number[]
  /** In stretches without a wanted one in between. */
  excluded: number[][]
  /** Everything before this instant is still to be accounted for. */
  reached: number
}

function walkBack(job: DueJob): Recent {
  const { schedule, dueAt, now, rule } = job
  const oldestWanted = Math.max(
    dueAt,
    rule.policy === 'skip' ? now - ON_TIME_MS : now - windowMs(job)
  )
  const most = rule.policy === 'all' ? rule.limit : 1
  const recent: Recent = { wanted: [], excluded: [], reached: now + 1 }
  let at = schedule.previous(now + 1)
  let stretch: number[] = []
  for (let walked = 0; walked < MAX_WALK && at !== null && at >= oldestWanted; walked++) {
    if (job.isExcluded(at)) {
      if (stretch.length === 0) recent.excluded.push(stretch)
      stretch.push(at)
    } else {
      if (recent.wanted.length === most) break
      recent.wanted.push(at)
      stretch = []
    }
    recent.reached = at
    at = schedule.previous(at)
  }
  return recent
}

function windowMs({ schedule, dueAt, rule }: DueJob): number {
  if (rule.windowMs !== null) return rule.windowMs
  const second = schedule.next(dueAt)
  const period = second === null ? MAX_WINDOW_MS : second - dueAt
  return Math.min(Math.max(period, MIN_WINDOW_MS), MAX_WINDOW_MS)
}

/**
 * Records the occurrences in `[from, before)`: the newest singly, what is older as one range, which
 * takes no notice of exclusions.
 */
function addMissed(
  into: NotRun[],
  { schedule, isExcluded }: DueJob,
  span: { from: number; before: number; reason: MissedReason }
): void {
  const singles: NotRun[] = []
  let at = schedule.previous(span.before)
  while (at !== null && at >= span.from && singles.length < MAX_SINGLE_MISSED) {
    singles.push(isExcluded(at) ? excludedAt(at) : missedIn(at, at, { count: 1, ...span }))
    at = schedule.previous(at)
  }
  if (at !== null && at >= span.from) {
    const first = schedule.next(span.from - 1) ?? at
    into.push(missedIn(first, at, { count: schedule.count(span.from - 1, at), ...span }))
  }
  into.push(...singles.toReversed())
}

function missedIn(
  from: number,
  to: number,
  { count, reason }: { count: number; reason: MissedReason }
): NotRun {
  return { from, to, count, state: 'missed', reason }
}

function excludedAt(at: number): NotRun {
  return { from: at, to: at, count: 1, state: 'skipped', reason: 'excluded' }
}

/** Excluded occurrences, newest first, as records: singly, or as one range when there are many. */
function recordsOf(excluded: readonly number[]): NotRun[] {
  const [newest] = excluded
  const oldest = excluded.at(-1)
  if (newest === undefined || oldest === undefined) return []
  if (excluded.length <= MAX_SINGLE_MISSED) return excluded.toReversed().map(excludedAt)
  return [{ ...excludedAt(oldest), to: newest, count: excluded.length }]
}

/** What a job allows beside its schedule. */
export interface RunLimits {
  /** Occurrences still to be skipped by request. */
  skipNext: number
  /** Runs left until the job has had all it may have; null when there is no limit. */
  remainingRuns: number | null
}

/**
 * Applies what was asked for on top of the schedule: the first occurrences may be skipped by
 * request, and after its last allowed run a job has no occurrences any more.
 */
export function limitOwed(owed: Owed, { skipNext, remainingRuns }: RunLimits): Owed {
  const skipped = owed.run
    .slice(0, skipNext)
    .map(({ scheduledFor: at }): NotRun => ({ ...excludedAt(at), reason: 'skip_next' }))
  const wanted = owed.run.slice(skipped.length)
  const notRun = [...owed.notRun, ...skipped]
  if (remainingRuns === null || wanted.length < remainingRuns) {
    return { run: wanted, notRun, next: owed.next }
  }
  return { run: wanted.slice(0, remainingRuns), notRun, next: null }
}
