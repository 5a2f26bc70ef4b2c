import { useEffect, useRef } from 'preact/hooks'
import { signal } from '../signal/signal.ts'

/** What the live region of the page holds: screen readers read it out when it changes. */
export const said = signal('')

/** Who listens has other things to hear, too; of what changes faster, the latest is said. */
const LEAST_PAUSE_MS = 5_000

let saidAt = -Infinity
let waiting: number | undefined

/**
 * Says how something is, in a sentence, whenever that has changed since the screen was come to; null
 * while it is not known.
 */
export function useSaid(text: string | null): void {
  const known = useRef(text)
  useEffect(() => {
    if (text === null || text === known.current) return
    const isChange = known.current !== null
    known.current = text
    if (isChange) say(text)
  }, [text])
}

function say(text: string): void {
  clearTimeout(waiting)
  const sayNow = (): void => {
    saidAt = Date.now()
    said.value = text
  }
  const wait = saidAt + LEAST_PAUSE_MS - Date.now()
  if (wait > 0) waiting = window.setTimeout(sayNow, wait)
  else sayNow()
}
