import { Type, type Static } from '@sinclair/typebox'
import { clockNote } from './cron/cron.ts'
import { formatDuration } from './duration.ts'
import type { IsExcluded } from './exclusion.ts'
import { formatInstant } from './instant.ts'
import { startDelayMs } from './jitter.ts'
import { formatLocal } from './local-time.ts'
import type { Schedule } from './schedule.ts'
import { words } from './schema.ts'

export const DEFAULT_UPCOMING = 5
export const MAX_UPCOMING = 100

/** How many occurrences are asked for. */
export const UpcomingCount = Type.Integer({
  minimum: 1,
  maximum: MAX_UPCOMING,
  default: DEFAULT_UPCOMING,
  description: 'How many occurrences to list.'
})

/** An occurrence to come. */
export const Upcoming = Type.Object(
  {
    at: Type.String({ description: 'RFC 3339, UTC.' }),
    local: Type.String({ description: 'The same on the clock of the zone, with its offset.' }),
    starts_at: Type.Optional(Type.String({ description: 'Later than `at` by the jitter.' })),
    skipped: Type.Optional(
      words(['excluded', 'skip_next'], { description: 'Why it does not run.' })
    ),
    note: Type.Optional(Type.String({ description: 'What is unusual about it, for people.' }))
  },
  { $id: 'Upcoming' }
)
export type Upcoming = Static<typeof Upcoming>

/** What occurrences to come depend on. */
export interface UpcomingRule {
  schedule: Schedule
  /** Canonical. */
  timezone: string
  isExcluded: IsExcluded
  jitterMs: number
  /** Whose jitter it is; null for a schedule that is not stored, whose delays are not known. */
  jobId: number | null
  /** Runs until the job is finished; null without a limit. */
  runsLeft: number | null
  /** Occurrences still to be skipped by request. */
  skips: number
}

/** RFC 3339 ends with the year 9999. */
const LATEST = Date.UTC(10_000, 0, 1) - 1
const SECOND_MS = 1_000

/**
 * The first occurrences strictly after an instant, those that will be skipped among them: each
 * takes a place of `count`, so that the work is bounded whatever is excluded. What is excluded does
 * not use up a requested skip, and neither counts as a run.
 */
export function listUpcoming(
  rule: UpcomingRule,
  { after, count }: { after: number; count: number }
): Upcoming[] {
  const found: Upcoming[] = []
  let runsLeft = rule.runsLeft ?? Infinity
  let skips = rule.skips
  let at = rule.schedule.next(after)
  while (at !== null && at <= LATEST && found.length < count && runsLeft > 0) {
    const next = rule.schedule.next(at)
    if (rule.isExcluded(at)) found.push(skippedEntry(rule, at, 'excluded'))
    else if (skips > 0) {
      found.push(skippedEntry(rule, at, 'skip_next'))
      skips--
    } else {
      found.push(runEntry(rule, at, next))
      runsLeft--
    }
    at = next
  }
  return found
}

function skippedEntry(
  { timezone }: UpcomingRule,
  at: number,
  skipped: NonNullable<Upcoming['skipped']>
): Upcoming {
  const reason = skipped === 'excluded' ? 'excluded' : 'skipped by request'
  const local = formatLocal(at, timezone)
  return { at: formatInstant(at), local, skipped, ...noteOf([reason, clockNote(at, timezone)]) }
}

function runEntry(rule: UpcomingRule, at: number, next: number | null): Upcoming {
  const { timezone, jitterMs, jobId } = rule
  const periodMs = next === null ? null : next - at
  const delayMs = jobId === null ? 0 : startDelayMs({ jobId, occurrence: at, jitterMs, periodMs })
  return {
    at: formatInstant(at),
    local: formatLocal(at, timezone),
    ...(delayMs > 0 && { starts_at: formatInstant(at + delayMs) }),
    ...noteOf([jitterNote(rule, delayMs, periodMs), clockNote(at, timezone)])
  }
}

function jitterNote(
  { jitterMs, jobId }: UpcomingRule,
  delayMs: number,
  periodMs: number | null
): string | null {
  if (jobId !== null) return delayMs === 0 ? null : `starts ${rounded(delayMs)} later (jitter)`
  const most = periodMs === null ? jitterMs : Math.min(jitterMs, Math.floor(periodMs / 2))
  return most === 0 ? null : `starts up to ${rounded(most)} later (jitter)`
}

/** Milliseconds matter to nobody who reads minutes. */
function rounded(ms: number): string {
  return formatDuration(ms < SECOND_MS ? ms : Math.floor(ms / SECOND_MS) * SECOND_MS)
}

function noteOf(parts: readonly (string | null)[]): { note?: string } {
  const said = parts.filter((part) => part !== null)
  return said.length === 0 ? {} : { note: said.join('. ') }
}
