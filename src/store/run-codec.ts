import type { Selectable } from 'kysely'
import type { FeedRun } from '../domain/feed-event.ts'
import { attemptResponse, boundResponses } from '../domain/http-response.ts'
import type { RunError } from '../domain/outcome.ts'
import { formatInstant, formatInstantOrNull } from '../domain/instant.ts'
import type { Attempt, Run } from '../domain/run.ts'
import type { RunTable } from './tables.ts'

/** A row of a run, with the name of the replica that ran it last. */
export type RunRow = Selectable<RunTable> & { replica_name: string | null }

/** The columns of a run that events show. */
export type RunNews = Pick<Selectable<RunTable>, keyof FeedRun>

export function toFeedRun(row: RunNews): FeedRun {
  return {
    ...row,
    scheduled_for: formatInstant(row.scheduled_for),
    started_at: formatInstantOrNull(row.started_at),
    finished_at: formatInstantOrNull(row.finished_at),
    error: row.error === null ? null : (JSON.parse(row.error) as RunError)
  }
}

/** An attempt as it is kept: without an answer where there was none. */
type StoredAttempt = Omit<Attempt, 'response'> & Partial<Pick<Attempt, 'response'>>

/** The attempts before the last one. */
export function decodeAttempts(attempts: string | null): Attempt[] {
  if (attempts === null) return []
  const stored = JSON.parse(attempts) as StoredAttempt[]
  return stored.map((attempt) => ({ ...attempt, response: attempt.response ?? null }))
}

/** Attempts kept of a run; the oldest go first. */
const MAX_ATTEMPTS_KEPT = 200

/** Attempts for their column: so many, and of the answers to them so much, as there is room for. */
export function encodeAttempts(attempts: readonly Attempt[]): string | null {
  if (attempts.length === 0) return null
  const kept = boundResponses(attempts.slice(-MAX_ATTEMPTS_KEPT))
  const stored = kept.map(({ response, ...attempt }): StoredAttempt =>
    response === null ? attempt : { ...attempt, response }
  )
  return JSON.stringify(stored)
}

export function toRun(row: RunRow): Run {
  const result = row.result === null ? null : decodeJson(row.result)
  const attempts = allAttempts(row, result)
  const error = row.error === null ? null : (JSON.parse(row.error) as RunError)
  const firstStart = attempts[0]?.started_at
  return {
    id: row.id,
    job_id: row.job_id,
    job_version: row.job_version,
    scheduled_for: formatInstant(row.scheduled_for),
    cause: row.cause,
    state: row.state,
    reason: row.reason,
    from: row.range_to === null ? null : formatInstant(row.scheduled_for),
    to: formatInstantOrNull(row.range_to),
    count: row.occurrences,
    attempt: row.attempt,
    fencing_token: row.attempt,
    queued_at: formatInstant(row.queued_at),
    available_at: formatInstantOrNull(row.available_at),
    started_at: formatInstantOrNull(row.started_at),
    finished_at: formatInstantOrNull(row.finished_at),
    lateness_ms:
      firstStart === undefined ? null : Date.parse(firstStart) - row.scheduled_for - row.delay_ms,
    duration_ms: durationOf(attempts.at(-1)),
    replica: row.replica_name,
    result,
    error,
    attempts
  }
}

function outcomeOf(state: Run['state']): Attempt['outcome'] {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled' ? state : null
}

/** The earlier attempts, and the last one as the run's own columns tell it. */
function allAttempts(row: RunRow, result: unknown): Attempt[] {
  const earlier = decodeAttempts(row.attempts)
  if (row.started_at === null || earlier.at(-1)?.attempt === row.attempt) return earlier
  return [
    ...earlier,
    {
      attempt: row.attempt,
      started_at: formatInstant(row.started_at),
      finished_at: formatInstantOrNull(row.finished_at),
      outcome: outcomeOf(row.state),
      replica: row.replica_name,
      error: row.error === null ? null : (JSON.parse(row.error) as RunError),
      response: attemptResponse(result)
    }
  ]
}

/** The columns of a run by which its last attempt is known. */
export type LastAttempt = Pick<
  Selectable<RunTable>,
  'attempt' | 'started_at' | 'finished_at' | 'attempts'
>

/** How long the last attempt took, as {@link toRun} says it; null before its end. */
export function lastDurationMs(row: LastAttempt): number | null {
  const earlier = decodeAttempts(row.attempts).at(-1)
  if (row.started_at === null || earlier?.attempt === row.attempt) return durationOf(earlier)
  return row.finished_at === null ? null : row.finished_at - row.started_at
}

function durationOf(attempt: Attempt | undefined): number | null {
  if (attempt === undefined || attempt.finished_at === null) return null
  return Date.parse(attempt.finished_at) - Date.parse(attempt.started_at)
}

/** What a run is carried out with: what it was given, or the params of its definition. */
export function runParams(
  { params }: { params: string | null },
  definition: { params?: unknown }
): unknown {
  return params === null ? definition.params : decodeJson(params)
}

/** JSON that this scheduler wrote itself. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text)
}

/** JSON for a column; null stays NULL. */
export function encodeJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
