import { MAX_BULK_RUNS, type BulkRunsReport } from '../domain/bulk-runs.ts'
import { checkBulkRuns, type WantedBulk } from '../domain/check-bulk-runs.ts'
import { lockJobs } from '../store/jobs.ts'
import { listRunKeys, type RunKey } from '../store/list-runs.ts'
import { actOnEach, type Refused } from './act-on-each.ts'
import { cancelRun } from './cancel-run.ts'
import type { Core } from './core.ts'
import { together } from './enlist.ts'
import { rehearse } from './rehearse.ts'
import { retryRun } from './retry-run.ts'

/** Runs in one transaction: enough to share the cost of a commit, and soon done. */
const PAGE = 100

/**
 * Tries again or cancels the newest runs that the filter lets through when it begins, at most 1,000.
 * A run that refuses is reported, and the others go on. Every hundred runs are a transaction of their
 * own: what is done is kept, whatever happens to the rest.
 * @throws CarillonError `validation_failed` for the request itself; then nothing is done
 */
export async function bulkRuns(core: Core, value: unknown): Promise<BulkRunsReport> {
  return carryOut(core, checkBulkRuns(value))
}

/** What it would do. */
export async function rehearseBulkRuns(core: Core, value: unknown): Promise<BulkRunsReport> {
  const wanted = checkBulkRuns(value)
  const { result } = await rehearse(core, (dry) => carryOut(dry, wanted))
  return { ...result, dry_run: true }
}

async function carryOut(core: Core, wanted: WantedBulk): Promise<BulkRunsReport> {
  const found = await listWanted(core, wanted)
  const runs = found.slice(0, MAX_BULK_RUNS).toSorted(byJob)
  const refused: Refused<RunKey>[] = []
  for (let from = 0; from < runs.length; from += PAGE) {
    const page = runs.slice(from, from + PAGE)
    refused.push(...(await together(core, (inner) => actOnPage(inner, page, wanted))))
  }
  return {
    dry_run: false,
    action: wanted.action,
    matched: runs.length,
    done: runs.length - refused.length,
    more: found.length > MAX_BULK_RUNS,
    refused
  }
}

/** One more than are acted on, if there are more. */
async function listWanted({ db }: Core, { filters }: WantedBulk): Promise<RunKey[]> {
  const found: RunKey[] = []
  for (const filter of filters) {
    const limit = MAX_BULK_RUNS + 1 - found.length
    if (limit > 0) found.push(...(await listRunKeys(db, { filter, after: null, limit })))
  }
  return found
}

/**
 * Jobs are locked in the order of their ids, over all pages of a rehearsal, too. Of each, the newest
 * run comes first: where runs must not overlap, it is the one that is tried again.
 */
function byJob(one: RunKey, other: RunKey): number {
  return one.job_id - other.job_id
}

async function actOnPage(
  core: Core,
  page: readonly RunKey[],
  { action }: WantedBulk
): Promise<Refused<RunKey>[]> {
  const jobIds = new Set(page.map(({ job_id: id }) => id))
  await lockJobs(core.db, [...jobIds])
  const act = action === 'retry' ? retryRun : cancelRun
  return actOnEach(core, page, (inner, { id }) => act(inner, id))
}
