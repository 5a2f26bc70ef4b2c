import type { Clock } from '../domain/clock.ts'
import type { NextPass } from './loop.ts'

/** How the rounds that look for due jobs are doing. Epoch milliseconds. */
export interface RoundsStatus {
  /** The end of the last one; null before the first. */
  lastAt: number | null
  /** Since when each of them has gone through all that was due; null if the last one has not. */
  thoroughSince: number | null
}

/** Keeps how rounds are doing. */
export interface Rounds {
  /** Carries out a round. */
  watch(pass: () => Promise<NextPass>): Promise<NextPass>
  /** Tells of the round that is going on whether it went through all that was due. */
  onLooked(isThorough: boolean): void
  status(): RoundsStatus
}

export function createRounds(clock: Clock): Rounds {
  let lastAt: number | null = null
  let thoroughSince: number | null = null
  return {
    watch: async (pass) => {
      try {
        const next = await pass()
        lastAt = clock.now()
        return next
      } catch (error) {
        thoroughSince = null
        throw error
      }
    },
    onLooked: (isThorough) => {
      thoroughSince = isThorough ? (thoroughSince ?? clock.now()) : null
    },
    status: () => ({ lastAt, thoroughSince })
  }
}
