import {
  checkActivity,
  DEFAULT_ACTIVITY_RUNS,
  medianMs,
  type Activity,
  type ActivityRequest
} from '../domain/activity.ts'
import { describeSchedule } from '../domain/describe-schedule.ts'
import { CarillonError } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import { contextOf, decodeInput, type JobRow } from '../store/job-codec.ts'
import { listJobsById } from '../store/jobs.ts'
import { listActivity as listRows, type ActivityRow } from '../store/list-activity.ts'
import { lastDurationMs } from '../store/run-codec.ts'
import type { Core } from './core.ts'

/**
 * The schedule and the last runs of each of these jobs, in the order of their ids as they are given;
 * those that do not exist are left out.
 * @throws CarillonError `validation_failed`
 */
export async function listActivity(
  { db }: Pick<Core, 'db'>,
  request: ActivityRequest
): Promise<Activity[]> {
  checkActivity(request)
  const ids = [...new Set(request.ids)]
  const jobs = new Map((await listJobsById(db, ids)).map((job) => [job.id, job]))
  const rows = await listRows(db, [...jobs.keys()], request.runs ?? DEFAULT_ACTIVITY_RUNS)
  const rowsOf = Map.groupBy(rows, (row) => row.job_id)
  return ids.flatMap((id) => {
    const job = jobs.get(id)
    return job === undefined ? [] : [activityOf(job, rowsOf.get(id) ?? [])]
  })
}

function activityOf(job: JobRow, rows: readonly ActivityRow[]): Activity {
  const runs = rows.map((row) => ({
    id: row.id,
    state: row.state,
    scheduled_for: formatInstant(row.scheduled_for),
    duration_ms: lastDurationMs(row)
  }))
  const durations = runs.flatMap(({ state, duration_ms: took }) =>
    state === 'succeeded' && took !== null ? [took] : []
  )
  return {
    job_id: job.id,
    name: job.name,
    description: descriptionOf(job),
    runs,
    p50_duration_ms: medianMs(durations)
  }
}

/** That a start has passed surprises only whoever writes it: before all time, none has. */
function descriptionOf(job: JobRow): string | null {
  try {
    const input = decodeInput(job.definition)
    const { timezone = 'UTC' } = input
    return describeSchedule(input, { timezone, seed: contextOf(job).seed, now: -Infinity })
  } catch (error) {
    // A stored definition that cannot be used is told by the job itself; the others still count.
    if (error instanceof CarillonError) return null
    throw error
  }
}
