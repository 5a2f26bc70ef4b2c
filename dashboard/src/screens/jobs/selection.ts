import { useState } from 'preact/hooks'
import type { Job } from '../../../../client.ts'

/** Which of the jobs that are shown are selected; what is not shown any more is not. */
export interface Selection {
  ids: readonly number[]
  has(id: number): boolean
  isAll: boolean
  toggle(id: number): void
  /** All that are shown, or none of them. */
  toggleAll(): void
}

export function useSelection(jobs: readonly Job[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(NONE)
  const shown = jobs.map(({ id }) => id)
  const ids = shown.filter((id) => chosen.has(id))
  const isAll = ids.length === shown.length
  return {
    ids,
    isAll,
    has: (id) => chosen.has(id),
    toggle: (id) => setChosen((before) => before.symmetricDifference(new Set([id]))),
    toggleAll: () => setChosen(isAll ? NONE : new Set(shown))
  }
}

const NONE: ReadonlySet<number> = new Set()
