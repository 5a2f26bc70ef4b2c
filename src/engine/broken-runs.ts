import { messageOf } from '../domain/errors.ts'
import type { RunError } from '../domain/outcome.ts'
import type { ClaimedRow } from '../store/claim-runs.ts'
import type { Db } from '../store/db.ts'
import { summarizeJobs } from '../store/due-jobs.ts'
import { promoteQueuedRuns } from '../store/occupancy.ts'
import { encodeJson } from '../store/run-codec.ts'
import { settleRuns } from '../store/settle-runs.ts'
import type { SettledRun } from './events.ts'
import { toClaimedRun, type ClaimedRun, type ClaimTime } from './claimed-run.ts'

/** A claimed run whose stored definition cannot be used. */
export interface BrokenRun {
  row: ClaimedRow
  message: string
}

/** Decodes claimed rows; those that cannot be decoded must hold up no others. */
export function decodeClaimed(
  rows: readonly ClaimedRow[],
  time: ClaimTime
): { runs: ClaimedRun[]; broken: BrokenRun[] } {
  const runs: ClaimedRun[] = []
  const broken: BrokenRun[] = []
  for (const row of rows) {
    try {
      runs.push(toClaimedRun(row, time))
    } catch (error) {
      broken.push({ row, message: messageOf(error) })
    }
  }
  return { runs, broken }
}

/** Lets the runs fail for good, in the transaction that claimed them. @returns what to tell of it */
export async function failBrokenRuns(
  trx: Db,
  broken: readonly BrokenRun[],
  { owner, now }: ClaimTime
): Promise<SettledRun[]> {
  if (broken.length === 0) return []
  const settlements = broken.map(({ row, message }) => ({
    id: row.id,
    attempt: row.attempt,
    state: 'failed' as const,
    reason: null,
    availableAt: null,
    finishedAt: now,
    result: null,
    error: encodeJson(invalid(message)),
    attempts: null
  }))
  await settleRuns(trx, owner, settlements)
  const jobIds = [...new Set(broken.map(({ row }) => row.job_id))]
  const failed = { lastRunAt: now, lastOutcome: 'failed', lastSuccessAt: null } as const
  await summarizeJobs(
    trx,
    jobIds.map((id) => ({ id, ...failed, failures: 1, reset: false }))
  )
  await promoteQueuedRuns(trx, jobIds, now)
  const end = { state: 'failed', reason: null, outcome: 'failed', finished_at: now } as const
  return broken.map(({ row, message }) => ({
    run: { ...row, started_at: now },
    ...end,
    error: invalid(message)
  }))
}

function invalid(message: string): RunError {
  return { code: 'invalid_definition', message }
}
