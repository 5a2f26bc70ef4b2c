import type { Job } from '../domain/job.ts'
import type { Run } from '../domain/run.ts'
import { toJob } from '../store/job-codec.ts'
import { findJob } from '../store/jobs.ts'
import { countJobs, listJobs, type JobFilter, type JobPage } from '../store/list-jobs.ts'
import { listRuns, type RunPage } from '../store/list-runs.ts'
import { toRun } from '../store/run-codec.ts'
import { getRunRow } from './cancel-run.ts'
import { getJobRow, type Core } from './core.ts'

/** @throws CarillonError `job_not_found` */
export async function getJob({ db }: Core, id: number): Promise<Job> {
  return toJob(await getJobRow(db, id))
}

export async function getJobs({ db }: Core, page: JobPage): Promise<Job[]> {
  const rows = await listJobs(db, page)
  return rows.map(toJob)
}

export function getJobCount({ db }: Core, filter: JobFilter): Promise<number> {
  return countJobs(db, filter)
}

/** @throws CarillonError `run_not_found` */
export async function getRun({ db }: Core, id: number): Promise<Run> {
  return toRun(await getRunRow(db, id))
}

/**
 * Runs, the newest first. The runs of a deleted job are still there until retention.
 * @throws CarillonError `job_not_found` when there is neither such a job nor a run of it
 */
export async function getRuns({ db }: Core, page: RunPage): Promise<Run[]> {
  const rows = await listRuns(db, page)
  const { jobId } = page.filter
  if (rows.length === 0 && jobId !== undefined && (await findJob(db, jobId)) === undefined) {
    const all = await listRuns(db, { filter: { jobId }, after: null, limit: 1 })
    if (all.length === 0) await getJobRow(db, jobId)
  }
  return rows.map(toRun)
}
