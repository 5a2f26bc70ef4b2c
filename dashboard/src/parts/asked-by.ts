import type { Run } from '../../../client.ts'
import { useLoaded } from './loaded.ts'

/** Changes that are looked through. */
const MOST_CHANGES = 200

/** Who asked for the runs by hand among these, by their ids, as far as the latest changes tell. */
export function useAskedBy(runs: readonly Run[]): ReadonlyMap<number, string> {
  const newest = Math.max(0, ...runs.map(({ id, cause }) => (cause === 'manual' ? id : 0)))
  const { value } = useLoaded(String(newest), async (asking) => {
    const found = new Map<number, string>()
    if (newest === 0) return found
    const query = { action: 'run', limit: MOST_CHANGES } as const
    const { items } = await asking.listAllChanges(query).page()
    for (const { actor, detail } of items) {
      const id = runOf(detail)
      if (actor !== null && id !== null) found.set(id, actor)
    }
    return found
  })
  return value ?? NOBODY
}

function runOf(detail: unknown): number | null {
  const isOfRun = typeof detail === 'object' && detail !== null && 'run_id' in detail
  return isOfRun && typeof detail.run_id === 'number' ? detail.run_id : null
}

const NOBODY: ReadonlyMap<number, string> = new Map()
