import type { Clock } from '../domain/clock.ts'
import type { Watch } from './watch.ts'

/** How long after the last listener has left what happens is still followed. */
const REST_MS = 60_000

export interface WakefulnessParts {
  clock: Clock
  /** Begins to follow what happens. */
  wake(): Promise<Watch>
  /** Nothing is followed any more. */
  onAsleep(): void
}

/** Lets what happens be followed only for as long as somebody may want to know it. */
export interface Wakefulness {
  /** Follows what happens, if it is not done already. @throws what `wake` throws */
  watch(): Promise<Watch>
  /** Nobody is there: sleeps in a minute, unless somebody comes. */
  rest(): void
  sleep(): Promise<void>
}

export function createWakefulness({ clock, wake, onAsleep }: WakefulnessParts): Wakefulness {
  let watch: Promise<Watch> | null = null
  let falling: Promise<void> = Promise.resolve()
  let cancelTimer: (() => void) | null = null

  const stayAwake = (): void => {
    cancelTimer?.()
    cancelTimer = null
  }
  const stop = async (waking: Promise<Watch> | null): Promise<void> => {
    const started = await waking?.catch(() => null)
    await started?.stop()
    onAsleep()
  }
  const sleep = (): Promise<void> => {
    stayAwake()
    const waking = watch
    watch = null
    falling = falling.then(() => stop(waking))
    return falling
  }

  return {
    sleep,
    rest: () => {
      cancelTimer ??= clock.setTimer(() => void sleep(), REST_MS)
    },
    watch: async () => {
      stayAwake()
      const waking = (watch ??= falling.then(wake))
      try {
        return await waking
      } catch (error) {
        if (watch === waking) watch = null
        throw error
      }
    }
  }
}
