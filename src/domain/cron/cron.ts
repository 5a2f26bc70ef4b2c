import { Cron } from 'croner'
import { LRUCache } from 'lru-cache'
import { refuse } from '../errors.ts'
import type { Schedule } from '../schedule.ts'
import { MAX_SCHEDULE_LENGTH } from '../job.ts'
import { shown } from '../validation.ts'

const compiled = new LRUCache<string, Schedule>({ max: 200 })

/** TEMPORARY stand-in. */
export function compileCron(expression: string, { timezone }: { timezone: string }): Schedule {
  const key = `${timezone} ${expression}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  if (expression.length > MAX_SCHEDULE_LENGTH) throw refuse('/schedule', '"schedule" is too long.')
  let cron: Cron
  try {
    cron = new Cron(expression, { timezone, paused: true })
  } catch (error) {
    throw refuse('/schedule', `"schedule" is ${shown(expression)}: ${String(error)}`)
  }
  const next = (after: number): number | null => cron.nextRun(new Date(after))?.getTime() ?? null
  const previous = (before: number): number | null =>
    cron.previousRuns(1, new Date(before))[0]?.getTime() ?? null
  const count = (after: number, until: number): number => {
    let total = 0
    for (let at = next(after); at !== null && at <= until; at = next(at)) total++
    return total
  }
  const schedule = { next, previous, count }
  compiled.set(key, schedule)
  return schedule
}

export function canonicalTimezone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    throw refuse(
      '/timezone',
      `"timezone" is ${shown(name)}, but must be an IANA time zone such as "Europe/Paris".`
    )
  }
}
