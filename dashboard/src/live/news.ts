import { useEffect, useRef } from 'preact/hooks'
import type { FeedEvent } from '../../../client.ts'

type Listener = (event: FeedEvent) => void

const listeners = new Set<Listener>()

/** Tells everything on the page what happened. */
export function announce(event: FeedEvent): void {
  for (const listener of listeners) listener(event)
}

/** How soon something new is asked for. */
const SOON_MS = 100
/** How long after that it is not asked for again; the more goes on, the longer. */
const LEAST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000

/**
 * Calls `act` soon after something happened that `concerns` what a screen shows, and after events may
 * have been missed. Many events are few calls: a page must not be what keeps a service busy.
 */
export function useNews(concerns: (event: FeedEvent) => boolean, act: () => void): void {
  const latest = useRef({ concerns, act })
  latest.current = { concerns, act }
  useEffect(() => {
    let timer: number | undefined
    let pauseMs = LEAST_PAUSE_MS
    let actedAt = -Infinity
    const actNow = (): void => {
      timer = undefined
      const isBusy = Date.now() - actedAt < 2 * pauseMs
      pauseMs = isBusy ? Math.min(2 * pauseMs, LONGEST_PAUSE_MS) : LEAST_PAUSE_MS
      actedAt = Date.now()
      latest.current.act()
    }
    const listen: Listener = (event) => {
      if (event.name !== 'resync' && !latest.current.concerns(event)) return
      const wait = Math.max(SOON_MS, actedAt + pauseMs - Date.now())
      timer ??= window.setTimeout(actNow, wait)
    }
    listeners.add(listen)
    return () => {
      listeners.delete(listen)
      clearTimeout(timer)
    }
  }, [])
}
