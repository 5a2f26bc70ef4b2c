import { compileCron } from './cron/cron.ts'
import { instantInBody } from './checked-instant.ts'
import { CarillonError, refuse } from './errors.ts'
import type { Exclusion } from './job.ts'
import { shown } from './validation.ts'

const MINUTE_MS = 60_000

/** Tells whether an occurrence lies where a job is not to run. */
export type IsExcluded = (at: number) => boolean

/** Of a job that excludes nothing. */
export const nothingExcluded: IsExcluded = () => false

/**
 * Compiles the exclusions of a job: stretches from one instant up to, not including, another, and
 * days in the job's zone, as the three day fields of a cron expression (`25 12 *`).
 * @throws CarillonError `validation_failed`
 */
export function compileExclusions(list: readonly Exclusion[], timezone: string): IsExcluded {
  if (list.length === 0) return nothingExcluded
  const rules = list.map((exclusion, index) =>
    typeof exclusion === 'string'
      ? dayRule(exclusion, timezone, index)
      : stretchRule(exclusion, index)
  )
  return (at) => rules.some((rule) => rule(at))
}

function stretchRule(stretch: { from: string; to: string }, index: number): IsExcluded {
  const from = instantInBody(`/exclude/${index}/from`, stretch.from)
  const to = instantInBody(`/exclude/${index}/to`, stretch.to)
  if (from < to) return (at) => at >= from && at < to
  throw refuse(
    `/exclude/${index}/to`,
    `"exclude" ends at ${shown(stretch.to)}, which is not after its start ${shown(stretch.from)}; correct one of them.`
  )
}

/** A day is one whose minutes match; every minute of the day is asked for by the two stars. */
function dayRule(pattern: string, timezone: string, index: number): IsExcluded {
  const days = compileDays(pattern, timezone, `/exclude/${index}`)
  return (at) => {
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS
    return days.next(minute - 1) === minute
  }
}

function compileDays(pattern: string, timezone: string, pointer: string) {
  const fields = pattern.trim().split(/\s+/)
  if (fields.length !== 3) {
    throw refuse(
      pointer,
      `"exclude" has ${shown(pattern)}, but days are three fields: day of month, month, weekday, such as "25 12 *" or "* * SAT,SUN".`
    )
  }
  try {
    return compileCron(`* * ${fields.join(' ')}`, { timezone })
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error
    const detail = `"exclude" has ${shown(pattern)}: ${error.message}`
    throw refuse(pointer, detail)
  }
}
