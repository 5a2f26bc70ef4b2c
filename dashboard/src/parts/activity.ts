import type { Activity } from '../../../client.ts'
import { useNews } from '../live/news.ts'
import { useLoaded, type Loaded } from './loaded.ts'

/** How many runs a sparkline shows. */
export const SHOWN_RUNS = 20
/** Jobs that one request may ask about. */
const MOST_JOBS = 100

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
  const activity = useLoaded(sorted.join(), async (asking) => {
    const found = new Map<number, Activity>()
    for (let from = 0; from < sorted.length; from += MOST_JOBS) {
      const part = sorted.slice(from, from + MOST_JOBS)
      for (const one of await asking.listActivity({ ids: part, runs: count })) {
        found.set(one.job_id, one)
      }
    }
    return found
  })
  useNews(
    (event) =>
      (event.name === 'run' && ids.includes(event.data.job_id)) ||
      (event.name === 'job' && event.data.change !== 'moved' && ids.includes(event.data.id)),
    activity.reload
  )
  return activity
}
