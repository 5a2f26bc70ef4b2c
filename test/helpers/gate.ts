import type { AttemptContext } from '../../src/engine/attempt.ts'
import type { Scheduler } from '../../src/scheduler.ts'

/** An attempt that goes on until the test ends it. */
export interface GatedCall {
  readonly attempt: AttemptContext
  resolve(result?: unknown): void
  reject(error: unknown): void
}

/**
 * Registers a handler whose attempts go on until the test ends them, and returns them in the order
 * in which they started. One that obeys ends by itself when it is told to stop.
 */
export function createGate(
  scheduler: Scheduler,
  name: string,
  { obeys = false }: { obeys?: boolean } = {}
): GatedCall[] {
  const calls: GatedCall[] = []
  scheduler.handle(
    name,
    (attempt) =>
      new Promise((resolve, reject) => {
        calls.push({ attempt, resolve, reject })
        if (obeys) attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason))
      })
  )
  return calls
}
