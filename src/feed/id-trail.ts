/** Ids that were given out but are not there yet, at most; and for how long they are waited for. */
const MAX_GAPS = 1_000
const GAP_MS = 10_000

/**
 * Follows a table by its ids. A row may come after one with a higher id, for ids are given out before
 * the commit: ids that were passed over are looked for again for a while.
 */
export interface IdTrail {
  /** The highest id seen. */
  last(): number
  /** Ids below it that may still come. */
  gaps(now: number): number[]
  /** Rows that were found, in any order. */
  see(ids: readonly number[], now: number): void
}

/** @param last - rows up to this id are known */
export function createIdTrail(last: number): IdTrail {
  const gaps = new Map<number, number>()
  let highest = last
  return {
    last: () => highest,
    gaps: (now) => {
      for (const [id, until] of gaps) if (until <= now) gaps.delete(id)
      return [...gaps.keys()]
    },
    see: (ids, now) => {
      for (const id of ids.toSorted((one, other) => one - other)) {
        const first = Math.max(highest + 1, id - MAX_GAPS)
        for (let gap = first; gap < id && gaps.size < MAX_GAPS; gap++) gaps.set(gap, now + GAP_MS)
        gaps.delete(id)
        highest = Math.max(highest, id)
      }
    }
  }
}
