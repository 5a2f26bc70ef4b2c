import type { Activity } from '../../../client.ts'
import { useNews } from '../live/news.ts'
import { service } from '../service.ts'
import { useLoaded, type Loaded } from './loaded.ts'

/** How many runs a sparkline shows. */
export const SHOWN_RUNS = 20

/**
 * What jobs do lately, by their ids: beside what else is shown of them, which need not wait for it,
 * and anew when one of them runs or is changed.
 */
export function useActivity(ids: readonly number[]): Loaded<ReadonlyMap<number, Activity>> {
  // In another order they are the same jobs.
  const sorted = ids.toSorted((a, b) => a - b)
  const activity = useLoaded(sorted.join(), async (signal) => {
    const asking = service.with({ signal })
    const found =
      sorted.length === 0 ? [] : await asking.listActivity({ ids: sorted, runs: SHOWN_RUNS })
    return new Map(found.map((one) => [one.job_id, one]))
  })
  useNews(
    (event) =>
      (event.name === 'run' && ids.includes(event.data.job_id)) ||
      (event.name === 'job' && event.data.change !== 'moved' && ids.includes(event.data.id)),
    activity.reload
  )
  return activity
}
