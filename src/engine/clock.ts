import type { Clock } from '../domain/clock.ts'

/** Timers count in 31 bits; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** The clock of this machine. Its timers keep the process alive until they are taken back. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (callback, delayMs) => {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback)
      return () => clearImmediate(immediate)
    }
    if (delayMs > MAX_TIMER_MS) return setLongTimer(callback, delayMs)
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  }
}

function setLongTimer(callback: () => void, delayMs: number): () => void {
  let cancel = (): void => clearTimeout(timer)
  const timer = setTimeout(() => {
    cancel = systemClock.setTimer(callback, delayMs - MAX_TIMER_MS)
  }, MAX_TIMER_MS)
  return () => cancel()
}
