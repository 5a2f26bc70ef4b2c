import type { Clock } from '../domain/clock.ts'

export interface LifeParts {
  clock: Clock
  begin(): Promise<void>
  /** Called after a start that is going on has ended. @param graceOver - resolves with the grace time */
  end(graceOver: Promise<void>): Promise<void>
}

/** Starts and stops, one at a time: who asks for what is going on waits for the same end. */
export interface Life {
  start(): Promise<void>
  /** A later call may shorten the grace time. */
  stop(graceMs: number): Promise<void>
}

export function createLife({ clock, begin, end }: LifeParts): Life {
  let starting: Promise<void> | null = null
  let stopping: Promise<void> | null = null
  let grace = Promise.withResolvers<void>()

  const startAfterStop = async (): Promise<void> => {
    await stopping
    await begin()
  }

  const stopAfterStart = async (graceOver: Promise<void>): Promise<void> => {
    await starting?.catch(() => undefined)
    await end(graceOver)
  }

  return {
    start: () => {
      starting ??= startAfterStop().finally(() => {
        starting = null
      })
      return starting
    },
    stop: (graceMs) => {
      if (stopping === null) {
        grace = Promise.withResolvers<void>()
        stopping = stopAfterStart(grace.promise).finally(() => {
          stopping = null
        })
      }
      const cancelTimer = clock.setTimer(grace.resolve, graceMs)
      return stopping.finally(cancelTimer)
    }
  }
}
