import { useEffect, useRef } from 'preact/hooks'
import type { FeedEvent } from '../../../client.ts'

type Listener = (event: FeedEvent) => void

const listeners = new Set<Listener>()

/** Tells everything on the page what happened. */
export function announce(event: FeedEvent): void {
  for (const listener of listeners) listener(event)
}

/** What is read anew is read at most so often. */
const QUIET_MS = 500

/**
 * Calls `act` soon after something happened that `concerns` what a screen shows, and after events may
 * have been missed; many events within half a second are one call.
 */
export function useNews(concerns: (event: FeedEvent) => boolean, act: () => void): void {
  const latest = useRef({ concerns, act })
  latest.current = { concerns, act }
  useEffect(() => {
    let timer: number | undefined
    const listen: Listener = (event) => {
      if (event.name !== 'resync' && !latest.current.concerns(event)) return
      timer ??= window.setTimeout(() => {
        timer = undefined
        latest.current.act()
      }, QUIET_MS)
    }
    listeners.add(listen)
    return () => {
      listeners.delete(listen)
      clearTimeout(timer)
    }
  }, [])
}
