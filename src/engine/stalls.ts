import type { ClaimedRun } from './claimed-run.ts'
import type { EventHub, SuspectedHandler } from './events.ts'

const PULSE_MS = 250
/** A turn of the event loop that takes so long holds up every other run, and the lease. */
const STALL_MS = 1_000
const QUIET_MS = 10_000
/** More are not told of. */
const MAX_HANDLERS = 10
/** More of what starts between two pulses is not kept in mind. */
const MAX_SUSPECTS = 1_000

export interface StallsParts {
  events: EventHub
  /** The attempts in flight here. */
  running(): Iterable<ClaimedRun>
  /** Milliseconds since anything; unlike the time of day it never jumps. */
  monotonic?: () => number
}

/** Notices that the process stood still, by a pulse that came late. */
export interface Stalls {
  /** Tells it of attempts that are about to start: from then on there is a pulse. */
  onStarting(runs: readonly ClaimedRun[]): void
  /** Looks how late it is called, and whether there is still anything to watch. */
  pulse(): void
}

/**
 * Tells of it as `process_stalled`, with the handlers that may have caused it: those in flight, and
 * those that started or ended since the pulse before. What comes within ten seconds is told together.
 * Where no handlers run, it costs nothing.
 */
export function createStalls({
  events,
  running,
  monotonic = () => performance.now()
}: StallsParts): Stalls {
  let timer: NodeJS.Timeout | null = null
  let pulsedAt = 0
  let toldAt = -Infinity
  let suspects: SuspectedHandler[] = []
  let stalls = 0
  let longestMs = 0
  const handlers = new Map<number, SuspectedHandler>()

  const note = (lateMs: number): void => {
    stalls++
    longestMs = Math.max(longestMs, Math.round(lateMs))
    for (const { job_id, job_name, handler } of suspects) {
      if (handlers.size < MAX_HANDLERS) handlers.set(job_id, { job_id, job_name, handler })
    }
  }

  const tell = (now: number): void => {
    if (stalls === 0 || now < toldAt + QUIET_MS) return
    const told = { duration_ms: longestMs, stalls, handlers: [...handlers.values()] }
    toldAt = now
    stalls = 0
    longestMs = 0
    handlers.clear()
    events.emit('process_stalled', told)
  }

  const pulse = (): void => {
    const now = monotonic()
    const lateMs = now - pulsedAt - PULSE_MS
    pulsedAt = now
    if (lateMs >= STALL_MS) note(lateMs)
    suspects = handlersOf(running())
    tell(now)
    if (timer === null || suspects.length > 0 || stalls > 0) return
    clearInterval(timer)
    timer = null
  }

  return {
    pulse,
    onStarting: (runs) => {
      suspects.push(...handlersOf(runs.slice(0, Math.max(0, MAX_SUSPECTS - suspects.length))))
      if (timer !== null || suspects.length === 0) return
      pulsedAt = monotonic()
      // By itself it keeps no process alive.
      timer = setInterval(pulse, PULSE_MS).unref()
    }
  }
}

function handlersOf(runs: Iterable<ClaimedRun>): SuspectedHandler[] {
  return Array.from(runs).flatMap(({ job_id, job_name, definition: { target } }) =>
    target.type === 'handler' ? [{ job_id, job_name, handler: target.name }] : []
  )
}
