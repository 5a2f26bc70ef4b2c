import { LRUCache } from 'lru-cache'

/** Between two lines about the same address. */
const QUIET_MS = 1_000
/** Whoever comes by more addresses is told of more often. */
const MAX_ADDRESSES = 1_000

/** How many requests from an address were refused since it was last told of. */
export interface Refusals {
  address: string
  count: number
}

/**
 * Gathers refusals by address, so that nobody fills the log: the first one is told at once, later ones
 * by their number, with the next one a second or more after that.
 */
export function createRefusals({
  now,
  tell
}: {
  now: () => number
  tell: (refusals: Refusals) => void
}): (address: string) => void {
  const known = new LRUCache<string, { toldAt: number; untold: number }>({ max: MAX_ADDRESSES })
  return (address) => {
    const entry = known.get(address) ?? { toldAt: -Infinity, untold: 0 }
    entry.untold++
    known.set(address, entry)
    if (Math.abs(now() - entry.toldAt) < QUIET_MS) return
    tell({ address, count: entry.untold })
    entry.toldAt = now()
    entry.untold = 0
  }
}
