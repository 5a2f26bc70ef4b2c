import type { Job, Run } from '../../../../client.ts'
import type { CoreClient } from '../../../../src/client/core-client.ts'

/** A job that somebody should look at. */
export interface Trouble {
  job: Job
  /** Its latest record of missed occurrences, where it is that; null where it fails or is overdue. */
  missed: Run | null
}

/** So many of the latest records, and of their jobs, are looked at. */
const RECORDS = 100
const JOBS = 10

/** Jobs that have missed occurrences since an instant (RFC 3339), and have not succeeded by now. */
export async function readMissed(asking: CoreClient, since: string): Promise<Trouble[]> {
  const { items } = await asking.listRuns({ state: 'missed', limit: RECORDS }).page()
  const latest = new Map<number, Run>()
  for (const run of items) {
    if (run.scheduled_for >= since && !latest.has(run.job_id)) latest.set(run.job_id, run)
  }
  const found = await Promise.all(
    [...latest.values()].slice(0, JOBS).map(async (missed) => ({
      missed,
      // It may have been deleted since.
      job: await asking.getJob(missed.job_id).catch(() => null)
    }))
  )
  return found.flatMap(({ job, missed }) => {
    const isMended = (job?.last_success_at ?? '') >= (missed.finished_at ?? '')
    return job === null || isMended ? [] : [{ job, missed }]
  })
}
