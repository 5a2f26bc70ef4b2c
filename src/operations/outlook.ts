import { compileExclusions } from '../domain/exclusion.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import { withDefaults } from '../domain/job-definition.ts'
import type { Outlook } from '../domain/outlook.ts'
import { contextOf, decodeInput, type JobRow } from '../store/job-codec.ts'

/** What a stored job still has before it; null when it has no schedule. */
export function outlookOf(job: JobRow): Outlook | null {
  const definition = withDefaults(decodeInput(job.definition))
  const schedule = scheduleOf(definition, contextOf(job))
  if (schedule === null) return null
  // What is due of a paused job is the end of its pause.
  const nextRunAt =
    job.state === 'paused' && job.next_run_at !== null
      ? schedule.next(job.next_run_at - 1)
      : job.next_run_at
  const { max_runs: maxRuns } = definition
  return {
    schedule,
    isExcluded: compileExclusions(definition.exclude, definition.timezone),
    nextRunAt,
    skipNext: job.skip_next,
    remainingRuns: maxRuns === null ? null : Math.max(0, maxRuns - job.scheduled_runs)
  }
}
