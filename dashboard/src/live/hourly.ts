import { useEffect, useRef } from 'preact/hooks'
import { thisHour } from '../format/clock.ts'

/** Calls `act` whenever another hour has begun, and when the server turns out to be in another one. */
export function useHourly(act: () => void): void {
  const hour = thisHour.value
  const actedIn = useRef(hour)
  useEffect(() => {
    if (actedIn.current === hour) return
    actedIn.current = hour
    act()
  }, [hour])
}
