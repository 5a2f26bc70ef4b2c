import type { Clock } from '../../src/domain/clock.ts'
import { isActive, untilIdle } from './activity.ts'

interface Timer {
  at: number
  callback: () => void
}

/** A clock that moves only when it is told to. */
export interface ManualClock extends Clock {
  /**
   * Moves time forward, firing every timer on its way at its own instant, and lets what they
   * started settle (statements, promises, immediates) before going on. Whoever holds a lock meanwhile
   * that a statement waits for must not wait for this.
   */
  advance(ms: number): Promise<void>
  /**
   * Sets the wall clock without firing anything, as when it is set by hand or by NTP. Timers keep
   * the time that is left to them, as those of the operating system do.
   */
  jumpTo(at: number): void
}

/** Long enough for a chain of promises and immediates behind one timer to come to rest. */
const SETTLE_TURNS = 12

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    if (!isActive()) continue
    await untilIdle()
    turn = 0
  }
}

export function createManualClock(start = Date.parse('2026-01-01T00:00:00Z')): ManualClock {
  const timers = new Set<Timer>()
  let now = start

  const nextTimer = (until: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }

  return {
    now: () => now,
    setTimer: (callback, delayMs) => {
      const timer = { at: now + Math.max(0, delayMs), callback }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    jumpTo: (at) => {
      for (const timer of timers) timer.at += at - now
      now = at
    },
    advance: async (ms) => {
      const until = now + ms
      await settle()
      for (let timer = nextTimer(until); timer !== undefined; timer = nextTimer(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.callback()
        await settle()
      }
      now = until
    }
  }
}
