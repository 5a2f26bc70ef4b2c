import type { IsExcluded } from './exclusion.ts'
import type { Schedule } from './schedule.ts'

/** How many excluded occurrences are looked past. */
const MAX_WALK = 10_000

/** What a job still has before it. Instants are epoch milliseconds. */
export interface Outlook {
  schedule: Schedule
  isExcluded: IsExcluded
  /** Its first occurrence that has no record yet; null when there is none. */
  nextRunAt: number | null
  /** Occurrences still to be skipped by request. */
  skipNext: number
  /** Runs left until the job has had all it may have; null when there is no limit. */
  remainingRuns: number | null
}

/** The next occurrences that are to run: not those that are excluded, skipped or one too many. */
export function listPlanned(outlook: Outlook, count: number): number[] {
  const most = Math.min(count, outlook.remainingRuns ?? count)
  const found: number[] = []
  let skips = outlook.skipNext
  for (const at of runnable(outlook)) {
    if (found.length >= most) break
    if (skips > 0) skips--
    else found.push(at)
  }
  return found
}

/** Which of the occurrences that are not excluded one at `at` would be; the next one is the first. */
export function ordinalOf(outlook: Outlook, at: number): number {
  let ordinal = 0
  for (const occurrence of runnable(outlook)) {
    if (occurrence > at) return ordinal
    ordinal++
  }
  return ordinal
}

function* runnable({ schedule, isExcluded, nextRunAt }: Outlook): Iterable<number> {
  let at = nextRunAt
  for (let walked = 0; at !== null && walked < MAX_WALK; walked++) {
    if (!isExcluded(at)) yield at
    at = schedule.next(at)
  }
}
