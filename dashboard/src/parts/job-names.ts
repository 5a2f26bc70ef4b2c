import { useRef } from 'preact/hooks'
import { readActivity } from './activity.ts'
import { useLoaded } from './loaded.ts'

/**
 * What jobs are called, by their ids, each asked for once. Missing are those that are not known yet, and
 * those that were deleted.
 */
export function useJobNames(ids: ReadonlySet<number>): ReadonlyMap<number, string> {
  const known = useRef(new Map<number, string>()).current
  const unknown = [...ids].filter((id) => !known.has(id)).toSorted((a, b) => a - b)
  useLoaded(unknown.join(), async (asking) => {
    for (const { job_id: id, name } of (await readActivity(asking, unknown, 1)).values()) {
      known.set(id, name)
    }
  })
  return known
}
