import type { Schedule } from '../../src/domain/schedule.ts'

/** The first `count` occurrences after an instant, as RFC 3339 without milliseconds. */
export function firstAfter(schedule: Schedule, from: string, count: number): string[] {
  const found: string[] = []
  let at: number | null = Date.parse(from)
  while (at !== null && found.length < count) {
    at = schedule.next(at)
    if (at !== null) found.push(short(at))
  }
  return found
}

/** Every occurrence in `(from, to]`, as RFC 3339 without milliseconds. */
export function allBetween(schedule: Schedule, from: string, to: string): string[] {
  const found: string[] = []
  const until = Date.parse(to)
  for (let at = schedule.next(Date.parse(from)); at !== null && at <= until;) {
    found.push(short(at))
    at = schedule.next(at)
  }
  return found
}

/** Every occurrence in `(from, to]`, found backwards, in order. */
export function allBackwards(schedule: Schedule, from: string, to: string): string[] {
  const found: string[] = []
  const since = Date.parse(from)
  for (let at = schedule.previous(Date.parse(to) + 1); at !== null && at > since;) {
    found.unshift(short(at))
    at = schedule.previous(at)
  }
  return found
}

function short(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}
