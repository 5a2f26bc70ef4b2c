/** Where the core gets its time from. Tests hand in a clock that they move by hand. */
export interface Clock {
  /** Epoch milliseconds, from the wall clock: what is due is decided by this. */
  now(): number
  /** Calls `callback` once, about `delayMs` from now; returns what takes it back. */
  setTimer(callback: () => void, delayMs: number): () => void
}
