import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 20
/** Longer than anything takes on a busy machine; whoever waits this long waits for ever. */
const DEADLINE_MS = 60_000

/**
 * Asks again and again until there is an answer other than null, false or undefined, for what
 * happens in another process and can only be polled.
 */
export async function until<Found>(
  what: string,
  ask: () => Promise<Found | null | undefined | false>,
  withinMs = DEADLINE_MS
): Promise<Found> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline) {
    const found = await ask()
    if (found !== null && found !== undefined && found !== false) return found
    await pause(POLL_MS)
  }
  throw new Error(`Waited in vain for this: ${what}`)
}
