import type { Schedule } from './schedule.ts'

/**
 * The grid `anchor + n × period`, n ≥ 0: computed from the anchor each time, so that it never
 * drifts. Absolute time: a period of "1d" is 24 hours on every day.
 */
export function createInterval(anchor: number, periodMs: number): Schedule {
  const indexAtOrBefore = (at: number): number => Math.floor((at - anchor) / periodMs)
  return {
    next: (after) => anchor + Math.max(0, indexAtOrBefore(after) + 1) * periodMs,
    previous: (before) => {
      const index = Math.ceil((before - anchor) / periodMs) - 1
      return index < 0 ? null : anchor + index * periodMs
    },
    count: (after, until) =>
      Math.max(0, indexAtOrBefore(until) + 1) - Math.max(0, indexAtOrBefore(after) + 1)
  }
}

/** A single instant. */
export function createOneShot(at: number): Schedule {
  return {
    next: (after) => (after < at ? at : null),
    previous: (before) => (before > at ? at : null),
    count: (after, until) => (after < at && at <= until ? 1 : 0)
  }
}

/** `schedule`, without what lies before `start`: the instant `start` itself is still in it. */
export function startingAt(schedule: Schedule, start: number): Schedule {
  const floor = start - 1
  return {
    next: (after) => schedule.next(Math.max(after, floor)),
    previous: (before) => {
      const at = schedule.previous(before)
      return at !== null && at >= start ? at : null
    },
    count: (after, until) => (until < start ? 0 : schedule.count(Math.max(after, floor), until))
  }
}

/** `schedule`, without what lies after `end`: the instant `end` itself is still in it. */
export function endingAt(schedule: Schedule, end: number): Schedule {
  return {
    next: (after) => {
      const at = schedule.next(after)
      return at !== null && at <= end ? at : null
    },
    previous: (before) => schedule.previous(Math.min(before, end + 1)),
    count: (after, until) => (after >= end ? 0 : schedule.count(after, Math.min(until, end)))
  }
}
