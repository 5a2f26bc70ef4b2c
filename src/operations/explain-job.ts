import { instantInQuery } from '../domain/checked-instant.ts'
import { explain, type JobHistory, type Pause } from '../domain/explain.ts'
import type { Explanation } from '../domain/explanation.ts'
import { parseInstant } from '../domain/instant.ts'
import { decodeDetail } from '../store/change-codec.ts'
import { findPauseChanges } from '../store/changes.ts'
import type { Db } from '../store/db.ts'
import type { JobRow } from '../store/job-codec.ts'
import {
  findLastRecord,
  findNextRecordAt,
  listRunsAt,
  listVersionsAround
} from '../store/job-history.ts'
import { findPause } from '../store/pause.ts'
import { toRun } from '../store/run-codec.ts'
import type { Core } from './core.ts'
import { erasOf, readLife } from './job-life.ts'
import { outlookOf } from './outlook.ts'

const MAX_RUNS_AT = 10
/** Replaced definitions that are looked at on either side of the instant. */
const MAX_VERSIONS = 10

/**
 * Says what became of an instant (RFC 3339) in the life of a job, and why; also of a deleted job,
 * as long as its changes are kept.
 * @throws CarillonError `job_not_found`, `validation_failed`
 */
export async function explainJob(core: Core, id: number, text: string): Promise<Explanation> {
  const at = instantInQuery('at', text)
  return explain(at, await readHistory(core, id, at))
}

/** The job first: what is recorded while this reads is then found as a record. */
async function readHistory(core: Core, id: number, at: number): Promise<JobHistory> {
  const { db, retention } = core
  const now = core.clock.now()
  const horizon = now - retention.ageMs
  const life = await readLife(db, id)
  const versions = await listVersionsAround(db, id, { at, limit: MAX_VERSIONS })
  const lastRecord = await findLastRecord(db, id, at)
  const runs = await listRunsAt(db, { jobId: id, at, limit: MAX_RUNS_AT })
  return {
    jobId: id,
    now,
    createdAt: life.createdAt,
    deletedAt: life.deletedAt,
    ...standingOf(life.job),
    eras: erasOf(id, life, { versions, horizon }),
    pause: await readPause(db, id, { at, horizon }),
    allPaused: await findPause(db),
    runs: runs.map(toRun),
    lastRecord: lastRecord === undefined ? null : toRun(lastRecord),
    nextRecordAt: await findNextRecordAt(db, id, at),
    retention
  }
}

function standingOf(job: JobRow | undefined) {
  const outlook = job === undefined ? null : outlookOf(job)
  return {
    state: job?.state ?? null,
    nextRunAt: outlook?.nextRunAt ?? null,
    skipNext: outlook?.skipNext ?? 0,
    remainingRuns: outlook?.remainingRuns ?? null
  }
}

/**
 * What a pause left out and was caught up has a record; past retention, a missing one says nothing.
 */
async function readPause(
  db: Db,
  id: number,
  { at, horizon }: { at: number; horizon: number }
): Promise<Pause | null> {
  const { last, resumed } = await findPauseChanges(db, id, at)
  if (last?.action !== 'paused') return null
  const caughtUp = resumed !== undefined && decodeDetail(resumed)['catch_up'] === true
  if (caughtUp && at < horizon) return null
  const { reason, until } = decodeDetail(last)
  return {
    since: last.at,
    reason: typeof reason === 'string' ? reason : null,
    until: typeof until === 'string' ? parseInstant(until) : null,
    resumedAt: resumed?.at ?? null
  }
}
