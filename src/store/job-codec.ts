import { sql, type RawBuilder, type Selectable } from 'kysely'
import { formatInstant, formatInstantOrNull } from '../domain/instant.ts'
import { withDefaults } from '../domain/job-definition.ts'
import type { Job, JobInput } from '../domain/job.ts'
import type { ScheduleContext } from '../domain/job-schedule.ts'
import { showSecrets } from '../domain/secrets/show-secrets.ts'
import type { StoredInput } from '../domain/secrets/stored-input.ts'
import type { JobTable } from './tables.ts'

/** A row of a job, with the number of its runs that are running. */
export type JobRow = Selectable<JobTable> & { running: number }

/** Counts a job's running runs: one probe of an index that holds only what runs now. */
export const runningRuns: RawBuilder<number> = sql<number>`(
  select count(*) from carillon_runs as held
  where held.job_id = carillon_jobs.id and held.owner in (
    select id from carillon_replicas where expires_at is not null
  )
)`

/** The definition as it is kept, its secrets sealed: for what seals and opens them alone. */
export function decodeStored(definition: string): StoredInput {
  return JSON.parse(definition) as StoredInput
}

/** The definition as the client sent it, its secrets as they are shown. */
export function decodeInput(definition: string): JobInput {
  return showSecrets(decodeStored(definition))
}

/** What the schedule of a stored job depends on. */
export function contextOf(row: { id: number; created_at: number }): ScheduleContext {
  return { createdAt: row.created_at, seed: String(row.id) }
}

export function toJob(row: JobRow): Job {
  const { params, ...definition } = withDefaults(decodeInput(row.definition))
  return {
    id: row.id,
    version: row.version,
    ...definition,
    params,
    paused: row.state === 'paused',
    pause_reason: row.pause_reason,
    paused_until: formatInstantOrNull(row.paused_until),
    skip_next: row.skip_next,
    scheduled_runs: row.scheduled_runs,
    state: row.state,
    next_run_at: row.state === 'paused' ? null : formatInstantOrNull(row.next_run_at),
    last_run_at: formatInstantOrNull(row.last_run_at),
    last_outcome: row.last_outcome,
    last_success_at: formatInstantOrNull(row.last_success_at),
    consecutive_failures: row.consecutive_failures,
    running: row.running,
    created_at: formatInstant(row.created_at),
    updated_at: formatInstant(row.updated_at)
  }
}
