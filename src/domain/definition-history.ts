import type { JobDefinition } from './job.ts'
import type { Schedule } from './schedule.ts'

/**
 * The time in which one version of a job's definition was in force: from after one instant up to,
 * and including, another, because what is due at the very instant of a change is still recorded
 * under the old definition. Instants are epoch milliseconds.
 */
export interface Era {
  version: number
  definition: JobDefinition
  schedule: Schedule
  after: number
  /** Null for the one that is in force now. */
  until: number | null
}

/** Whether a schedule names this very instant. */
export function names(schedule: Schedule, at: number): boolean {
  return schedule.next(at - 1) === at
}

/** The definition that was in force at an instant, if it is still known. */
export function eraAt(eras: readonly Era[], at: number): Era | undefined {
  return eras.find((era) => era.after < at && (era.until === null || at <= era.until))
}

/** The last occurrence before an instant, under the definitions in force; `eras` oldest first. */
export function previousOccurrence(eras: readonly Era[], at: number): number | null {
  for (const era of eras.toReversed()) {
    if (era.after >= at) continue
    const end = era.until === null ? at : Math.min(at, era.until + 1)
    const found = era.schedule.previous(end)
    if (found !== null && found > era.after) return found
  }
  return null
}

/** The first occurrence after an instant, under the definitions in force; `eras` oldest first. */
export function nextOccurrence(eras: readonly Era[], at: number): number | null {
  for (const era of eras) {
    if (era.until !== null && era.until <= at) continue
    const found = era.schedule.next(Math.max(at, era.after))
    if (found !== null && (era.until === null || found <= era.until)) return found
  }
  return null
}
