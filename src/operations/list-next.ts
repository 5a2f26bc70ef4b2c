import { CarillonError } from '../domain/errors.ts'
import { compileExclusions } from '../domain/exclusion.ts'
import { formatInstant } from '../domain/instant.ts'
import { jitterMs, withDefaults } from '../domain/job-definition.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import type { JobDefinition } from '../domain/job.ts'
import type { NextOccurrences } from '../domain/next-occurrences.ts'
import {
  DEFAULT_UPCOMING,
  listUpcoming,
  MAX_UPCOMING,
  type UpcomingRule
} from '../domain/upcoming.ts'
import { shown } from '../domain/validation.ts'
import { contextOf, decodeInput, type JobRow } from '../store/job-codec.ts'
import { getJobRow, type Core } from './core.ts'

/**
 * The occurrences of a job that are to come, those that will be skipped among them and marked. None
 * for a paused or finished job, and why.
 * @throws CarillonError `job_not_found`, `validation_failed`
 */
export async function listNext(
  core: Core,
  id: number,
  count: number = DEFAULT_UPCOMING
): Promise<NextOccurrences> {
  checkCount(count)
  const now = core.clock.now()
  const row = await getJobRow(core.db, id)
  const definition = withDefaults(decodeInput(row.definition))
  const { state } = row
  if (state === 'paused') return { state, reason: whyPaused(row), next: [] }
  if (state === 'finished') return { state, reason: whyFinished(row, definition), next: [] }
  // What is due already is no longer to come, though its record may not be written yet.
  const after = Math.max(now, (row.next_run_at ?? now) - 1)
  const next = listUpcoming(ruleOf(row, definition), { after, count })
  return { state, reason: next.length === 0 ? 'Its last occurrence is due now.' : null, next }
}

function ruleOf(row: JobRow, definition: JobDefinition): UpcomingRule {
  const { exclude, timezone, max_runs: maxRuns } = definition
  const schedule = scheduleOf(definition, contextOf(row))
  if (schedule === null) throw new Error(`Job ${row.id} is enabled but has no schedule.`)
  return {
    schedule,
    timezone,
    isExcluded: compileExclusions(exclude, timezone),
    jitterMs: jitterMs(definition),
    jobId: row.id,
    runsLeft: maxRuns === null ? null : maxRuns - row.scheduled_runs,
    skips: row.skip_next
  }
}

function whyPaused({ pause_reason: reason, paused_until: until }: JobRow): string {
  const cause =
    reason === null ? 'The job is paused.' : `The job is paused: ${JSON.stringify(reason)}.`
  const end =
    until === null ? 'Resume it to let it go on.' : `It goes on at ${formatInstant(until)}.`
  return `${cause} ${end}`
}

function whyFinished(row: JobRow, { max_runs: maxRuns, end_date: end, ...rest }: JobDefinition) {
  if (maxRuns !== null && row.scheduled_runs >= maxRuns) {
    return `The job is finished: it has had all its ${maxRuns} scheduled runs ("max_runs").`
  }
  if (end !== null)
    return `The job is finished: nothing is due any more up to its "end_date", ${end}.`
  if (rest.schedule === null && rest.repeat_interval === null) {
    return `The job is finished: it was to run once, at ${rest.start_date}.`
  }
  return 'The job is finished: its schedule has no occurrence left.'
}

function checkCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_UPCOMING) return
  const detail = `"count" is ${shown(count)}, but must lie between 1 and ${MAX_UPCOMING}.`
  const faults = [{ in: 'query' as const, pointer: '/count', detail }]
  throw new CarillonError('validation_failed', detail, { faults })
}
