import type { Activity } from '../../../client.ts'
import type { CoreClient } from '../../../src/client/core-client.ts'
import { useNews } from '../live/news.ts'
import { useLoaded, type Loaded } from './loaded.ts'

/** How many runs a sparkline shows. */
export const SHOWN_RUNS = 20
/** Jobs that one request may ask about. */
const MOST_JOBS = 100

/** The same for any number of jobs, by their ids; those that were deleted are missing. */
export async function readActivity(
  asking: CoreClient,
  ids: readonly number[],
  count: number
): Promise<ReadonlyMap<number, Activity>> {
  const found = new Map<number, Activity>()
  for (let from = 0; from < ids.length; from += MOST_JOBS) {
    const part = ids.slice(from, from + MOST_JOBS)
    for (const one of await asking.listActivity({ ids: part, runs: count })) {
      found.set(one.job_id, one)
    }
  }
  return found
}

/**
 * What jobs do lately, by their ids, `count` runs of each: beside what else is shown of them, which need not wait for it,
 * and anew when one of them runs or is changed.
 */
export function useActivity(
  ids: readonly number[],
  count: number = SHOWN_RUNS
): Loaded<ReadonlyMap<number, Activity>> {
  // In another order they are the same jobs.
  const sorted = ids.toSorted((a, b) => a - b)
  const activity = useLoaded(sorted.join(), (asking) => readActivity(asking, sorted, count))
  useNews(
    (event) =>
      (event.name === 'run' && ids.includes(event.data.job_id)) ||
      (event.name === 'job' && event.data.change !== 'moved' && ids.includes(event.data.id)),
    activity.reload
  )
  return activity
}
