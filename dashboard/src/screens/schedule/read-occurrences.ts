import { ProblemError, type Job } from '../../../../client.ts'
import type { CoreClient } from '../../../../src/client/core-client.ts'

/** When a job is due, as far as it was asked. */
export interface JobOccurrences {
  job: Job
  /** Epoch milliseconds, ascending. */
  at: readonly number[]
  /** False when there are more, later ones. */
  isWhole: boolean
}

export interface UpcomingJobs {
  jobs: readonly JobOccurrences[]
  /** Enabled jobs, of which those that are due next were asked. */
  total: number
}

const MOST_JOBS = 30
const MOST_OCCURRENCES = 100
/** So many requests at once: the service has others to answer. */
const AT_ONCE = 5

/** The occurrences to come of the jobs that are due next, of those with a tag if one is given. */
export async function readOccurrences(
  asking: CoreClient,
  tag: string | undefined
): Promise<UpcomingJobs> {
  const query = { state: 'enabled', sort: 'next_run_at', limit: MOST_JOBS, count: true } as const
  const { items, total } = await asking.listJobs({ ...query, ...tagged(tag) }).page()
  const jobs: JobOccurrences[] = []
  for (let first = 0; first < items.length; first += AT_ONCE) {
    const group = items.slice(first, first + AT_ONCE)
    jobs.push(...(await Promise.all(group.map((job) => occurrencesOf(asking, job)))))
  }
  return { jobs, total: total ?? items.length }
}

/** What narrows a request to the jobs that have a tag. */
export function tagged(tag: string | undefined): { tag?: string } {
  return tag === undefined || tag === '' ? {} : { tag }
}

async function occurrencesOf(asking: CoreClient, job: Job): Promise<JobOccurrences> {
  try {
    const { next } = await asking.listNext(job.id, { count: MOST_OCCURRENCES })
    const isWhole = next.length < MOST_OCCURRENCES
    return { job, at: next.map(({ at }) => Date.parse(at)), isWhole }
  } catch (error) {
    // It was deleted meanwhile.
    if (error instanceof ProblemError && error.status === 404) return { job, at: [], isWhole: true }
    throw error
  }
}
