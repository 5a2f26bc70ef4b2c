import { attemptResponse } from '../domain/http-response.ts'
import type { Outcome, RunError } from '../domain/outcome.ts'
import { formatInstant } from '../domain/instant.ts'
import { retryPolicy } from '../domain/job-definition.ts'
import { nextAttemptAt } from '../domain/retry.ts'
import type { Attempt } from '../domain/run.ts'
import type { JobSummary } from '../store/due-jobs.ts'
import { encodeAttempts, encodeJson } from '../store/run-codec.ts'
import type { RunLogRow } from '../store/run-logs.ts'
import type { Settlement } from '../store/settle-runs.ts'
import type { ClaimedRun } from './claimed-run.ts'

/** An attempt that has ended, with what follows from it. */
export interface EndedRun {
  run: ClaimedRun
  settlement: Settlement
  /** How the attempt itself ended, whatever becomes of the run. */
  outcome: Outcome['kind']
  error: RunError | null
  /** What its handler logged, as far as it is not written yet. */
  log?: RunLogRow | null
}

/** Where and when an attempt ended. */
export interface EndTime {
  now: number
  /** The name of this replica. */
  replica: string
  /** In [0, 1): spreads retries. */
  random: number
}

/** The reason of a run whose target wants no further calls; its job is to be paused. */
export const TARGET_GONE = 'target_gone'

const MAX_ERROR_LENGTH = 2_000

/** Decides what becomes of a run from the outcome of its attempt: an end, or another attempt. */
export function endRun(run: ClaimedRun, outcome: Outcome, time: EndTime): EndedRun {
  const settled = (part: Partial<Settlement>, error: RunError | null = null): EndedRun => ({
    run,
    settlement: { ...unsettled(run, time.now), ...part, error: encodeJson(error) },
    outcome: outcome.kind,
    error
  })
  switch (outcome.kind) {
    case 'succeeded':
      return settled({ state: 'succeeded', result: encodeJson(outcome.result) })
    case 'cancelled':
      return settled({
        state: 'cancelled',
        reason: outcome.reason,
        result: encodeJson(outcome.result)
      })
    case 'interrupted':
      return settled({
        state: 'pending',
        reason: 'interrupted',
        availableAt: time.now,
        attempts: withAttempt(run, time, { outcome: 'interrupted', error: null, response: null })
      })
    case 'failed': {
      const error = { ...outcome.error, message: outcome.error.message.slice(0, MAX_ERROR_LENGTH) }
      const result = encodeJson(outcome.result)
      const retryAt = outcome.retryable ? retryTime(run, outcome.retryAfterMs, time) : null
      const reason = outcome.pauseJob ? TARGET_GONE : null
      if (retryAt === null) return settled({ state: 'failed', reason, result }, error)
      const response = run.target === 'http' ? attemptResponse(outcome.result) : null
      const attempts = withAttempt(run, time, { outcome: 'failed', error, response })
      return settled(
        { state: 'pending', reason: 'retry', availableAt: retryAt, result, attempts },
        error
      )
    }
  }
}

function unsettled(run: ClaimedRun, now: number): Settlement {
  return {
    id: run.id,
    attempt: run.attempt,
    state: 'failed',
    reason: null,
    availableAt: null,
    finishedAt: now,
    result: null,
    error: null,
    attempts: null
  }
}

function retryTime(run: ClaimedRun, retryAfterMs: number | null, time: EndTime): number | null {
  const failures = 1 + run.earlier.filter((attempt) => attempt.outcome === 'failed').length
  return nextAttemptAt(retryPolicy(run.definition), {
    failures,
    now: time.now,
    // A backfill is due when it is asked for, however old its occurrence is.
    dueAt: run.cause === 'backfill' ? run.queued_at : run.scheduled_for,
    retryAfterMs,
    random: time.random
  })
}

function withAttempt(
  run: ClaimedRun,
  time: EndTime,
  end: Pick<Attempt, 'outcome' | 'error' | 'response'>
): string | null {
  const last: Attempt = {
    attempt: run.attempt,
    started_at: formatInstant(run.started_at),
    finished_at: formatInstant(time.now),
    replica: time.replica,
    ...end
  }
  return encodeAttempts([...run.earlier, last])
}

/** What the end of a run says about its job. */
export interface RunEnd {
  run: Pick<ClaimedRun, 'job_id' | 'started_at'>
  settlement: Pick<Settlement, 'state' | 'finishedAt'>
}

/** What runs that ended say about their jobs, one summary a job, in the order in which they ended. */
export function summarize(ended: readonly RunEnd[]): JobSummary[] {
  const byJob = new Map<number, JobSummary>()
  for (const { run, settlement } of ended) {
    const { state, finishedAt } = settlement
    if (state === 'pending') continue
    const before = byJob.get(run.job_id)
    byJob.set(run.job_id, {
      id: run.job_id,
      lastRunAt: run.started_at,
      lastOutcome: state,
      lastSuccessAt: state === 'succeeded' ? finishedAt : (before?.lastSuccessAt ?? null),
      failures: state === 'succeeded' ? 0 : (before?.failures ?? 0) + (state === 'failed' ? 1 : 0),
      reset: state === 'succeeded' || (before?.reset ?? false)
    })
  }
  return [...byJob.values()]
}
