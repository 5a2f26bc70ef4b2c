import type { Clock } from '../domain/clock.ts'
import { parseDuration } from '../domain/duration.ts'

interface Timer {
  at: number
  callback: () => void
}

/** A clock that moves only when it is told to. */
export interface ManualClock extends Clock {
  /**
   * Moves time forward by a duration ("24h") or milliseconds, firing every timer on its way at its
   * own instant, and lets what they started come to rest before it goes on. Whoever holds a lock
   * meanwhile that a statement waits for must not wait for this.
   */
  advance(by: number | string): Promise<void>
  /**
   * Sets the wall clock without firing anything, as when it is set by hand or by NTP. Timers keep
   * the time that is left to them, as those of the operating system do.
   */
  jumpTo(at: number): void
}

export interface ManualClockOptions {
  /** Epoch milliseconds; the beginning of 2026. */
  start?: number
  /** Waits until what a timer started has come to rest. */
  settle?: () => Promise<void>
  /**
   * Timers that are due no later than this after the end of a move are fired at its end: what gathers
   * for a moment to be written together is written then. Milliseconds; 0.
   */
  gatherMs?: number
}

const START = Date.parse('2026-01-01T00:00:00Z')
/** Long enough for a chain of promises and immediates behind one timer to come to rest. */
const SETTLE_TURNS = 12

/** Lets promises and immediates that are due go by. */
export async function settleTurns(turns = SETTLE_TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  const { start = START, settle = settleTurns, gatherMs = 0 } = options
  const timers = new Set<Timer>()
  let now = start

  const nextTimer = (until: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }

  /** Each once: what is set anew meanwhile because it is not due yet has to wait. */
  const fireGathered = async (): Promise<void> => {
    for (const timer of [...timers].filter(({ at }) => at <= now + gatherMs)) {
      if (!timers.delete(timer)) continue
      timer.callback()
      await settle()
    }
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
    advance: async (by) => {
      const until = now + millisecondsOf(by)
      await settle()
      for (let timer = nextTimer(until); timer !== undefined; timer = nextTimer(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.callback()
        await settle()
      }
      now = until
      if (gatherMs > 0) await fireGathered()
    }
  }
}

function millisecondsOf(by: number | string): number {
  const ms = typeof by === 'number' ? by : parseDuration(by)
  if (ms !== null && ms >= 0) return ms
  throw new TypeError(`Time goes forward by milliseconds or a duration such as "24h", not ${by}.`)
}
