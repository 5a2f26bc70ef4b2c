import { computed, signal } from '../signal/signal.ts'

const EVERY_MS = 1_000

/** How far this machine's clock is behind the server's, in milliseconds. */
export const serverAheadMs = signal(0)

/** The server's time at this moment, in epoch milliseconds. */
export function serverNow(): number {
  return Date.now() + serverAheadMs.value
}

/** The same as a signal: whoever shows it is drawn anew each second. */
export const now = signal(Date.now())

setInterval(() => {
  if (!document.hidden) now.value = serverNow()
}, EVERY_MS)

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** The beginning of the minute that it is, for what need not be drawn anew each second. */
export const thisMinute = computed(() => Math.floor(now.value / MINUTE_MS) * MINUTE_MS)

/** Changes with every hour of the server's time, for what is asked for anew then. */
export const thisHour = computed(() => Math.floor(now.value / HOUR_MS) * HOUR_MS)
