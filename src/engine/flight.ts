import type { AttemptContext, Logger } from './attempt.ts'
import type { ClaimedRun } from './claimed-run.ts'

/** Why an attempt was told to stop. */
export type AbortKind = 'cancel' | 'timeout' | 'stop' | 'lease_lost'

const ABORT_MESSAGES: Readonly<Record<AbortKind, string>> = {
  cancel: 'The run was cancelled.',
  timeout: 'The attempt ran into its timeout.',
  stop: 'The scheduler is stopping.',
  lease_lost: 'Another replica has taken the run over.'
}

/** An attempt that is going on. */
export interface Flight {
  readonly claimed: ClaimedRun
  readonly context: AttemptContext
  /** Null while it may go on. */
  readonly aborted: AbortKind | null
  readonly abortReason: string | null
  /** Tells the target to stop. @returns false when it was told before */
  abort(kind: AbortKind, reason: string | null): boolean
  addTimer(cancel: () => void): void
  stopTimers(): void
}

/** @param logOf - makes what its target logs by, when it asks for that */
export function createFlight(claimed: ClaimedRun, logOf: (run: ClaimedRun) => Logger): Flight {
  // Most targets never ask for the signal; a controller each would cost more than their run.
  let controller: AbortController | null = null
  let log: Logger | null = null
  let aborted: AbortKind | null = null
  let abortReason: string | null = null
  const timers: (() => void)[] = []

  const context: AttemptContext = {
    job: { id: claimed.job_id, version: claimed.job_version, definition: claimed.definition },
    run: {
      id: claimed.id,
      scheduledFor: claimed.scheduled_for,
      cause: claimed.cause,
      attempt: claimed.attempt,
      fencingToken: claimed.attempt
    },
    params: claimed.params,
    get log() {
      log ??= logOf(claimed)
      return log
    },
    get signal() {
      if (controller === null) {
        controller = new AbortController()
        if (aborted !== null) controller.abort(abortError(aborted))
      }
      return controller.signal
    }
  }

  return {
    claimed,
    context,
    get aborted() {
      return aborted
    },
    get abortReason() {
      return abortReason
    },
    abort: (kind, reason) => {
      if (aborted !== null) return false
      aborted = kind
      abortReason = reason
      controller?.abort(abortError(kind))
      return true
    },
    addTimer: (cancel) => {
      timers.push(cancel)
    },
    stopTimers: () => {
      for (const cancel of timers.splice(0)) cancel()
    }
  }
}

function abortError(kind: AbortKind): DOMException {
  return new DOMException(ABORT_MESSAGES[kind], kind === 'timeout' ? 'TimeoutError' : 'AbortError')
}
