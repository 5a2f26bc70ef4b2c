import type { Attempt, RunCause } from '../domain/run.ts'
import type { JobDefinition } from '../domain/job.ts'
import type { ClaimedRow } from '../store/claim-runs.ts'
import { decodeAttempts, runParams } from '../store/run-codec.ts'
import type { RunFacts } from './events.ts'
import { readDefinition } from './stored-definition.ts'

/** A run that this replica holds and is to carry out. */
export interface ClaimedRun extends RunFacts {
  /** The id under which this replica claimed it. */
  readonly owner: number
  readonly job_version: number
  readonly definition: JobDefinition
  readonly params: unknown
  readonly cause: RunCause
  /** When it was recorded: since then it is due. */
  readonly queued_at: number
  /** Attempts before this one. */
  readonly earlier: readonly Attempt[]
}

/** By whom and when runs were claimed. */
export interface ClaimTime {
  owner: number
  now: number
}

/** A claimed row, decoded. @throws Error when its definition cannot be used */
export function toClaimedRun(row: ClaimedRow, { owner, now }: ClaimTime): ClaimedRun {
  const definition = readDefinition(row.definition)
  return {
    owner,
    id: row.id,
    job_id: row.job_id,
    job_name: definition.name,
    target: definition.target.type,
    job_version: row.job_version,
    definition,
    params: runParams(row, definition),
    scheduled_for: row.scheduled_for,
    delay_ms: row.delay_ms,
    cause: row.cause,
    attempt: row.attempt,
    queued_at: row.queued_at,
    started_at: now,
    earlier: decodeAttempts(row.attempts)
  }
}
