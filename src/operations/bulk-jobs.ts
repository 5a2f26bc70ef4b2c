import type { BulkReport, BulkRequest } from '../domain/bulk.ts'
import { checkBulk } from '../domain/check-bulk.ts'
import { decodeInput } from '../store/job-codec.ts'
import { lockJobs } from '../store/jobs.ts'
import { findLastJobId, listJobNames, type JobName } from '../store/list-jobs.ts'
import { actOnEach } from './act-on-each.ts'
import { getJobRow, type Core } from './core.ts'
import { deleteJob } from './delete-job.ts'
import { together } from './enlist.ts'
import { pauseJob, resumeJob } from './pause-job.ts'
import { rehearse } from './rehearse.ts'
import { runJob } from './run-job.ts'
import { updateJob } from './update-job.ts'

/** Jobs in one transaction: enough to share the cost of a commit, and soon done. */
const PAGE = 100
const MAX_REFUSED = 1_000

/**
 * Does the same to many jobs, those that the filter names when it begins. A job that refuses is
 * reported, and the others go on. Every hundred jobs are a transaction of their own: what is done is
 * kept, whatever happens to the rest.
 * @throws CarillonError `validation_failed` for the request itself; then nothing is done
 */
export async function bulkJobs(core: Core, value: unknown): Promise<BulkReport> {
  return carryOut(core, checkBulk(value))
}

/** What it would do. */
export async function rehearseBulk(core: Core, value: unknown): Promise<BulkReport> {
  const request = checkBulk(value)
  const { result } = await rehearse(core, (dry) => carryOut(dry, request))
  return { ...result, dry_run: true }
}

async function carryOut(core: Core, request: BulkRequest): Promise<BulkReport> {
  const { all: _all, ids, ...filter } = request.filter
  // Those that come later are not meant.
  const untilId = await findLastJobId(core.db)
  const report: BulkReport = {
    dry_run: false,
    action: request.action,
    matched: 0,
    done: 0,
    refused: []
  }
  for (let afterId = 0; ;) {
    const page = await listJobNames(core.db, { filter, ids, afterId, untilId, limit: PAGE })
    const last = page.at(-1)
    if (last === undefined) return report
    const refused = await together(core, (inner) => actOnPage(inner, page, request))
    report.matched += page.length
    report.done += page.length - refused.length
    report.refused.push(...refused.slice(0, MAX_REFUSED - report.refused.length))
    afterId = last.id
  }
}

async function actOnPage(
  core: Core,
  page: readonly JobName[],
  request: BulkRequest
): Promise<BulkReport['refused']> {
  await lockJobs(
    core.db,
    page.map(({ id }) => id)
  )
  return actOnEach(core, page, (inner, { id }) => act(inner, id, request))
}

async function act(core: Core, id: number, request: BulkRequest): Promise<unknown> {
  switch (request.action) {
    case 'pause':
      return pauseJob(core, id, request)
    case 'resume':
      return resumeJob(core, id, request.catch_up ?? false)
    case 'delete':
      return deleteJob(core, id, { running: request.running ?? 'cancel' })
    case 'run':
      return runJob(core, id, {})
    case 'tag':
      return updateJob(core, id, { patch: { tags: await changedTags(core, id, request) } })
  }
}

async function changedTags(core: Core, id: number, request: BulkRequest): Promise<string[]> {
  const { definition } = await getJobRow(core.db, id)
  const removed = new Set(request.remove_tags)
  const kept = (decodeInput(definition).tags ?? []).filter((tag) => !removed.has(tag))
  return [...new Set([...kept, ...(request.add_tags ?? [])])]
}
