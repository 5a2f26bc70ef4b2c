/** The places for runs on this replica, of which several who would fill them each get their own. */
export interface Slots {
  /**
   * Reserves free slots, at most so many, until `work` has ended; by then it has started what it
   * claimed for them, or never will.
   */
  reserve<Result>(most: number, work: (slots: number) => Promise<Result>): Promise<Result>
}

export interface SlotsParts {
  /** Slots in which no attempt is in flight; 0 while none may be started. */
  free(): number
  /** Somebody did without slots that were reserved by another, and may have them now. */
  onFreed(): void
}

export function createSlots({ free, onFreed }: SlotsParts): Slots {
  let reserved = 0
  let isOneDenied = false

  return {
    reserve: async (most, work) => {
      const wanted = Math.min(most, free())
      const slots = Math.min(wanted, Math.max(0, free() - reserved))
      isOneDenied ||= slots < wanted
      reserved += slots
      try {
        return await work(slots)
      } finally {
        reserved -= slots
        if (isOneDenied) {
          isOneDenied = false
          onFreed()
        }
      }
    }
  }
}
