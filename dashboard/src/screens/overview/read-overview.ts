import type { Job, Run, RunHour } from '../../../../client.ts'
import type { CoreClient } from '../../../../src/client/core-client.ts'
import { sumOf } from './hours.ts'
import { readMissed, type Trouble } from './missed.ts'

/** What is worth knowing first. */
export interface OverviewData {
  /** Jobs of any state. */
  jobs: number
  enabled: number
  paused: number
  /** Those that failed the last time; those that failed most often in a row first. */
  failing: readonly Job[]
  /** Enabled jobs, what is due next first. */
  coming: readonly Job[]
  /** Of all jobs, the newest first. */
  failures: readonly Run[]
  /** What became of the last 24 hours, the oldest first. */
  hours: readonly RunHour[]
  /** Jobs that have missed occurrences in them, and have not succeeded since. */
  missed: readonly Trouble[]
}

/** So many of each kind are looked at. */
export const LOOKED_AT = 100
const FAILURES = 5

/** Asks for all of it; that fails when one part does. */
export async function readOverview(asking: CoreClient): Promise<OverviewData> {
  // Not by the last outcome: a run that was cancelled since has not mended anything.
  const [all, coming, paused, failures, hours] = await Promise.all([
    asking.listJobs({ sort: '-consecutive_failures', limit: LOOKED_AT, count: true }).page(),
    asking
      .listJobs({ state: 'enabled', sort: 'next_run_at', limit: LOOKED_AT, count: true })
      .page(),
    asking.listJobs({ state: 'paused', limit: 1, count: true }).page(),
    asking.listRuns({ state: 'failed', limit: FAILURES }).page(),
    asking.listRunHours()
  ])
  const isMissing = sumOf(hours).missed > 0
  return {
    jobs: all.total ?? all.items.length,
    enabled: coming.total ?? coming.items.length,
    paused: paused.total ?? paused.items.length,
    failing: all.items.filter((job) => job.consecutive_failures > 0),
    coming: coming.items,
    failures: failures.items,
    hours,
    missed: isMissing ? await readMissed(asking, hours[0]?.from ?? '') : []
  }
}
