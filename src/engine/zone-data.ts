import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'
import { scheduleOf } from '../domain/job-schedule.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { correctNextRun, listEnabledJobs, type EnabledJobRow } from '../store/enabled-jobs.ts'
import { contextOf, decodeInput } from '../store/job-codec.ts'
import { findSetting, saveSetting } from '../store/settings.ts'
import type { EventHub } from './events.ts'

const BATCH = 500

export interface ZoneDataParts {
  db: Db
  clock: Clock
  events: EventHub
  /** The version of the time-zone data of this runtime, such as "2026a". */
  version: string
}

/**
 * When the time-zone data is not that of the last start, computes the next occurrence of every job
 * anew and corrects and announces those that differ; what is due already stays due. Goes through
 * the table in batches beside the work of the loops. @returns how many jobs were corrected
 */
export async function followZoneData(parts: ZoneDataParts): Promise<number> {
  const { db, version } = parts
  // Not in the turn of whoever starts the scheduler: on a file of SQLite, a transaction that he begins
  // then would come into the middle of ours, which could not go on while he waits for the lock.
  await setImmediate()
  const before = await findSetting(db, 'zone_data')
  if (before === version) return 0
  const corrected = before === undefined ? 0 : await recompute(parts)
  await saveSetting(db, 'zone_data', version)
  return corrected
}

async function recompute(parts: ZoneDataParts): Promise<number> {
  let corrected = 0
  let afterId = 0
  for (;;) {
    const jobs = await listEnabledJobs(parts.db, { afterId, limit: BATCH })
    corrected += await correct(parts, jobs)
    const last = jobs.at(-1)
    if (last === undefined || jobs.length < BATCH) return corrected
    afterId = last.id
    await setImmediate()
  }
}

async function correct({ db, clock, events }: ZoneDataParts, jobs: EnabledJobRow[]) {
  const now = clock.now()
  const wrong = jobs.flatMap((job) => {
    const after = scheduleOf(decodeInput(job.definition), contextOf(job))?.next(now) ?? null
    return job.next_run_at <= now || after === job.next_run_at ? [] : [{ job, after }]
  })
  if (wrong.length === 0) return 0
  await inTransaction(db, async (trx) => {
    for (const { job, after } of wrong) {
      await correctNextRun(trx, { id: job.id, before: job.next_run_at, after })
    }
  })
  events.emit('jobs_moved', { ids: wrong.map(({ job }) => job.id) })
  for (const { job, after } of wrong) {
    events.emit('job_recomputed', { job_id: job.id, before: job.next_run_at, after })
  }
  return wrong.length
}
