import { signal } from '@preact/signals'

const EVERY_MS = 1_000

/** How far this machine's clock is behind the server's, in milliseconds. */
export const serverAheadMs = signal(0)

/** The server's time, in epoch milliseconds; whoever shows it is drawn anew each second. */
export const now = signal(Date.now())

setInterval(() => {
  if (!document.hidden) now.value = Date.now() + serverAheadMs.value
}, EVERY_MS)
