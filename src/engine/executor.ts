import type { Clock } from '../domain/clock.ts'
import { messageOf } from '../domain/errors.ts'
import { formatDuration } from '../domain/duration.ts'
import { timeoutMs } from '../domain/job-definition.ts'
import { failure, type Outcome } from '../domain/outcome.ts'
import type { TargetType } from '../domain/target.ts'
import type { Logger, Perform } from './attempt.ts'
import type { ClaimedRun } from './claimed-run.ts'
import type { EventHub } from './events.ts'
import { createStalls } from './stalls.ts'
import type { Tracing } from './tracing.ts'
import { createFlight, type AbortKind, type Flight } from './flight.ts'

/** A target that ignores its signal is given up after this long. */
export const ABANDON_AFTER_MS = 10_000

export interface ExecutorParts {
  clock: Clock
  events: EventHub
  /** What the target of a run logs by while it goes on. */
  logOf(run: ClaimedRun): Logger
  /** What it logs by afterwards. */
  log: Logger
  /** What carries out the attempts, by the type of target. */
  targets: Readonly<Record<TargetType, Perform>>
  maxConcurrentRuns: number
  tracing: Pick<Tracing, 'carry' | 'end'>
  /** Called once for every attempt that ends while this replica holds its run. */
  onEnd(run: ClaimedRun, outcome: Outcome): void
}

/** The attempts in flight on this replica. */
export interface Executor {
  /** Starts the attempts of runs that this replica holds. */
  start(runs: readonly ClaimedRun[]): void
  /** Stops those of these runs that are in flight here. */
  cancel(ids: readonly number[], reason: string | null): void
  /** Stops everything, because the scheduler stops or has lost its lease. */
  abortAll(kind: Extract<AbortKind, 'stop' | 'lease_lost'>): void
  inFlight(): number
  runIds(): Iterable<number>
  /** Slots for further runs. */
  free(): number
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>
}

export function createExecutor(parts: ExecutorParts): Executor {
  const { clock } = parts
  const flights = new Map<number, Flight>()
  const idleWaiters: (() => void)[] = []
  const stalls = createStalls({
    events: parts.events,
    running: () => Array.from(flights.values(), ({ claimed }) => claimed)
  })

  const end = (flight: Flight, outcome: Outcome): void => {
    // An abandoned attempt may still come back; only the first end counts.
    if (flights.get(flight.claimed.id) !== flight) return
    flights.delete(flight.claimed.id)
    flight.stopTimers()
    const final = finalOutcome(flight, outcome)
    parts.tracing.end(flight.claimed, final)
    if (flight.aborted !== 'lease_lost') parts.onEnd(flight.claimed, final)
    if (flights.size === 0) for (const resolve of idleWaiters.splice(0)) resolve()
  }

  const abort = (flight: Flight, kind: AbortKind, reason: string | null = null): void => {
    if (!flight.abort(kind, reason)) return
    flight.addTimer(clock.setTimer(() => end(flight, abandoned(kind)), ABANDON_AFTER_MS))
  }

  const logOf = (claimed: ClaimedRun): Logger =>
    flights.get(claimed.id)?.claimed === claimed ? parts.logOf(claimed) : parts.log

  const start = (claimed: ClaimedRun): void => {
    const flight = createFlight(claimed, logOf)
    flights.set(claimed.id, flight)
    flight.addTimer(clock.setTimer(() => abort(flight, 'timeout'), timeoutMs(claimed.definition)))
    perform(flight).then(
      (outcome) => end(flight, outcome),
      (error: unknown) => end(flight, failure('exception', messageOf(error)))
    )
  }

  /** A target that throws before there is a promise must not keep the runs after it from starting. */
  const perform = ({ claimed, context }: Flight): Promise<Outcome> => {
    try {
      return parts.tracing.carry(claimed, context, parts.targets[claimed.target])
    } catch (error) {
      return Promise.reject(error)
    }
  }

  return {
    start: (runs) => {
      // First: a handler may compute before it gives anything back.
      stalls.onStarting(runs)
      for (const run of runs) start(run)
    },
    cancel: (ids, reason) => {
      for (const id of ids) {
        const flight = flights.get(id)
        if (flight !== undefined) abort(flight, 'cancel', reason)
      }
    },
    abortAll: (kind) => {
      for (const flight of flights.values()) {
        abort(flight, kind)
        // Its run belongs to another replica: nothing of it is waited for or written.
        if (kind === 'lease_lost') end(flight, { kind: 'interrupted' })
      }
    },
    inFlight: () => flights.size,
    runIds: () => flights.keys(),
    free: () => Math.max(0, parts.maxConcurrentRuns - flights.size),
    idle: () =>
      flights.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleWaiters.push(resolve)
          })
  }
}

function abandoned(kind: AbortKind): Outcome {
  return kind === 'cancel' ? { kind: 'cancelled', reason: 'abandoned' } : { kind: 'interrupted' }
}

/** Why an attempt was aborted decides what its end means; what it came to is kept, as its result. */
function finalOutcome(flight: Flight, outcome: Outcome): Outcome {
  switch (flight.aborted) {
    case null:
      return outcome
    case 'cancel':
      return outcome.kind === 'cancelled'
        ? outcome
        : { kind: 'cancelled', reason: flight.abortReason, result: resultOf(outcome) }
    case 'timeout': {
      const limit = formatDuration(timeoutMs(flight.claimed.definition))
      const message = `The attempt did not end within its timeout of ${limit}.`
      return failure('timeout', message, { result: resultOf(outcome) })
    }
    case 'stop':
      return outcome.kind === 'succeeded' ? outcome : { kind: 'interrupted' }
    case 'lease_lost':
      return { kind: 'interrupted' }
  }
}

/** What there is of it, such as the output of a program that was stopped; null for nothing. */
function resultOf(outcome: Outcome): unknown {
  return outcome.kind === 'interrupted' ? null : outcome.result
}
