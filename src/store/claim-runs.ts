import { sql } from 'kysely'
import type { RunCause } from '../domain/run.ts'
import type { TargetType } from '../domain/target.ts'
import type { Db } from './db.ts'
import type { Level } from './levels.ts'
import { goesOn } from './pause.ts'
import { findSignals } from './replicas.ts'
import { runDefinition, withDefinition } from './run-definition.ts'

/** A run that was claimed, with the definition it works on. */
export interface ClaimedRow {
  id: number
  job_id: number
  /** Of the job as it is now; empty when it was deleted. */
  job_name: string
  /** Of the job as it is now. */
  target: TargetType
  job_version: number
  scheduled_for: number
  delay_ms: number
  cause: RunCause
  attempt: number
  active_key: number | null
  params: string | null
  attempts: string | null
  queued_at: number
  definition: string
}

export interface Claim {
  replica: number
  now: number
  limit: number
  /** Handlers registered here; runs of others are left for a replica that has them. */
  handlers: readonly string[]
  /** Where runs wait, the highest priority first. */
  levels: readonly Level[]
}

/**
 * Claims pending runs that may start, the highest priority first and then the longest waiting: raises
 * the fencing token and makes the replica their owner, in the caller's transaction. A replica that
 * was found dead gets none, nor does any while scheduling is paused. The rows it returns are the only proof of ownership.
 */
export async function claimRuns(trx: Db, claim: Claim): Promise<ClaimedRow[]> {
  if ((await findSignals(trx, claim.replica)) === undefined) return []
  const ids: number[] = []
  for (const { priority, at } of claim.levels) {
    if (at > claim.now || ids.length >= claim.limit) continue
    ids.push(...(await listClaimable(trx, claim, { priority, limit: claim.limit - ids.length })))
  }
  if (ids.length === 0) return []
  await sql`
    update carillon_runs
    set state = 'running', reason = null, owner = ${claim.replica}, replica = ${claim.replica},
      attempt = attempt + 1, started_at = ${claim.now}, finished_at = null, available_at = null,
      result = null, error = null
    where id ${trx.dialect.among(ids)}
  `.execute(trx.query)
  return listWithDefinition(trx, ids)
}

async function listClaimable(
  trx: Db,
  { now, handlers }: Claim,
  { priority, limit }: { priority: number; limit: number }
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from carillon_runs
    where priority = ${priority} and available_at <= ${now}
      and (handler is null or handler ${trx.dialect.amongTexts(handlers)}) and ${goesOn}
    order by available_at, id limit ${limit} ${trx.dialect.forUpdateSkipLocked}
  `.execute(trx.query)
  return rows.map((row) => row.id)
}

async function listWithDefinition(db: Db, ids: readonly number[]): Promise<ClaimedRow[]> {
  const { rows } = await sql<ClaimedRow>`
    select run.id, run.job_id, run.job_version, run.scheduled_for, run.delay_ms, run.cause,
      run.attempt, run.active_key, run.params, run.attempts, run.queued_at,
      coalesce(job.name, '') as job_name, coalesce(job.target, 'log') as target,
      ${runDefinition} as definition
    from ${withDefinition}
    where run.id ${db.dialect.among(ids)}
    order by run.priority desc, run.id
  `.execute(db.query)
  return rows
}
