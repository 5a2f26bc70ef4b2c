import type { JobInput } from '../domain/job.ts'
import type { JobPosition } from '../domain/job-order.ts'
import { decodeInput, type JobRow } from '../store/job-codec.ts'
import { listJobs } from '../store/list-jobs.ts'
import type { Core } from './core.ts'

const PAGE = 500

/**
 * Every job as it was defined, in the order of their ids, with a tag or all. They are read in pages:
 * each job is as it was at one moment, not all of them as at the same one.
 */
export async function* exportJobs(core: Core, tag?: string): AsyncGenerator<JobInput> {
  const filter = tag === undefined ? {} : { tag }
  for (let after: JobPosition | null = null; ;) {
    const rows: JobRow[] = await listJobs(core.db, { filter, sort: 'id', after, limit: PAGE })
    for (const row of rows) yield decodeInput(row.definition)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = { id: last.id }
  }
}
