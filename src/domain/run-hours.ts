import { Type, type Static } from '@sinclair/typebox'
import { CarillonError } from './errors.ts'
import { formatInstant } from './instant.ts'
import { shown } from './validation.ts'

/** The hours that can be asked for: a week. */
export const MAX_RUN_HOURS = 168
const DEFAULT_RUN_HOURS = 24

export const HOUR_MS = 3_600_000

/** What becomes of an occurrence in the end. */
export const RUN_ENDS = ['succeeded', 'failed', 'cancelled', 'skipped', 'missed'] as const
export type RunEnd = (typeof RUN_ENDS)[number]

/** Of how many hours. */
export const RunHoursQuery = Type.Object(
  {
    hours: Type.Integer({
      minimum: 1,
      maximum: MAX_RUN_HOURS,
      default: DEFAULT_RUN_HOURS,
      description: 'The hour that it is, and those before it.'
    })
  },
  { additionalProperties: false }
)

const count = (description: string) => Type.Integer({ description })

/** What has become by now of what was due in an hour. */
export const RunHour = Type.Object(
  {
    from: Type.String({ description: 'When the hour began; hours are those of UTC.' }),
    succeeded: count('Runs.'),
    failed: count('Runs.'),
    cancelled: count('Runs.'),
    skipped: count('Occurrences.'),
    missed: count('Occurrences; those of one record all count in the hour of the first.')
  } satisfies Record<RunEnd | 'from', unknown>,
  { $id: 'RunHour' }
)
export type RunHour = Static<typeof RunHour>

/** When the hour of an instant began; both in epoch milliseconds. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS
}

/**
 * When the first of so many hours began, the last of which is going on; epoch milliseconds.
 * @throws CarillonError `validation_failed`
 */
export function firstHour(now: number, hours: number = DEFAULT_RUN_HOURS): number {
  if (Number.isInteger(hours) && hours >= 1 && hours <= MAX_RUN_HOURS) {
    return hourOf(now) - (hours - 1) * HOUR_MS
  }
  const detail = `"hours" is ${shown(hours)}, but must be a whole number between 1 and ${MAX_RUN_HOURS}.`
  const faults = [{ in: 'query' as const, pointer: '/hours', detail }]
  throw new CarillonError('validation_failed', detail, { faults })
}

/** How often something came to an end in an hour. */
export interface HourCount {
  hour: number
  outcome: RunEnd
  count: number
}

/** Every hour from the first to the one that it is, the oldest first, those without any count too. */
export function hoursOf(
  counts: readonly HourCount[],
  { first, now }: { first: number; now: number }
): RunHour[] {
  const byHour = Map.groupBy(counts, ({ hour }) => hour)
  return Array.from({ length: (hourOf(now) - first) / HOUR_MS + 1 }, (_, index) => {
    const from = first + index * HOUR_MS
    const hour = { succeeded: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 }
    // An older version beside this one may have ended, uncounted, what was retried since.
    for (const { outcome, count: ended } of byHour.get(from) ?? [])
      hour[outcome] += Math.max(0, ended)
    return { from: formatInstant(from), ...hour }
  })
}
