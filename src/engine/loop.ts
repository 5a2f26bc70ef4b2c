import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'
import type { EventHub } from './events.ts'

const FAILURE_PAUSE_MS = 250
const MAX_FAILURE_PAUSE_MS = 5_000

/** When a loop wants to go on: at an instant, at once, or when something happens. */
export type NextPass = number | 'at_once' | null

export interface LoopOptions {
  name: string
  clock: Clock
  events: EventHub
  /** The longest sleep: other processes may have written in the meantime. */
  maxSleepMs: number
  /** One round; says when the next one is wanted. */
  pass(): Promise<NextPass>
}

export interface Loop {
  start(): void
  /** Lets the next round begin now, or directly after the one that is going on. */
  wake(): void
  /** Resolves when the round that is going on has ended; none begins after it. */
  stop(): Promise<void>
}

/**
 * Calls `pass` again and again: at the instant it asked for, when woken, and at least every `maxSleepMs`.
 * The only thing in the core that loops. A round that fails is told of and tried again, later each
 * time, up to five seconds.
 */
export function createLoop({ name, clock, events, maxSleepMs, pass }: LoopOptions): Loop {
  let running = false
  let woken = false
  let wakeSleeper: (() => void) | null = null
  let done: Promise<void> = Promise.resolve()

  const sleep = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        cancel()
        wakeSleeper = null
        resolve()
      }
      const cancel = clock.setTimer(finish, delayMs)
      wakeSleeper = finish
    })

  const delayUntil = (next: NextPass): number => {
    if (next === 'at_once') return 0
    const untilNext = next === null ? maxSleepMs : next - clock.now()
    return Math.min(Math.max(untilNext, 0), maxSleepMs)
  }

  const run = async (): Promise<void> => {
    let failurePauseMs = FAILURE_PAUSE_MS
    while (running) {
      // Not in the turn of whoever woke it: on a file of SQLite, a transaction that he begins then on a
      // connection of his own would come into the middle of ours, which could not go on meanwhile.
      await nextTurn()
      if (!running) return
      woken = false
      let delayMs: number
      try {
        delayMs = delayUntil(await pass())
        failurePauseMs = FAILURE_PAUSE_MS
        events.emit('pass_completed', { loop: name, at: clock.now() })
      } catch (error) {
        events.emit('pass_failed', { loop: name, error })
        delayMs = failurePauseMs
        failurePauseMs = Math.min(failurePauseMs * 2, MAX_FAILURE_PAUSE_MS)
      }
      // A wake during the round must not be slept through; sockets get their turn even so.
      if (running) await sleep(woken ? 0 : delayMs)
    }
  }

  return {
    start: () => {
      if (running) return
      running = true
      done = run()
    },
    wake: () => {
      woken = true
      wakeSleeper?.()
    },
    stop: () => {
      running = false
      wakeSleeper?.()
      return done
    }
  }
}
