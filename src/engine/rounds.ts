import type { Clock } from '../domain/clock.ts'
import type { NextPass } from './loop.ts'

/** Rounds that follow each other begin so far apart: what comes due in between shares their commit. */
export const ROUNDS_APART_MS = 5

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
  /** Whether the last one was, or is, about to be followed by another, which can write results with it. */
  isFollowed(): boolean
  status(): RoundsStatus
}

export function createRounds(clock: Clock): Rounds {
  let lastAt: number | null = null
  let thoroughSince: number | null = null
  let followed = false
  return {
    watch: async (pass) => {
      try {
        const next = await pass()
        lastAt = clock.now()
        followed = next === 'at_once' || (next !== null && next <= lastAt + ROUNDS_APART_MS)
        return next
      } catch (error) {
        thoroughSince = null
        throw error
      }
    },
    isFollowed: () => followed,
    onLooked: (isThorough) => {
      thoroughSince = isThorough ? (thoroughSince ?? clock.now()) : null
    },
    status: () => ({ lastAt, thoroughSince })
  }
}
