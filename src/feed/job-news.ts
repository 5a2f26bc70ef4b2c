import { LRUCache } from 'lru-cache'
import { etagOf } from '../domain/etag.ts'
import type { FeedEvent } from '../domain/feed-event.ts'
import type { Db } from '../store/db.ts'
import { toJob } from '../store/job-codec.ts'
import { listJobsById } from '../store/jobs.ts'
import type { JobHint } from './gathering.ts'

const MAX_JOBS = 10_000
const DELETED = 'deleted'

/**
 * Makes events of jobs as they are now, one statement for all of them. A job that is as it was when
 * it was told of last makes none: several hints may come of one change.
 */
export function createJobNews(db: Db): (hints: readonly JobHint[]) => Promise<FeedEvent[]> {
  const told = new LRUCache<number, string>({ max: MAX_JOBS })

  const isTold = (id: number, content: string): boolean => {
    const isSame = told.get(id) === content
    told.set(id, content)
    return isSame
  }

  return async (hints) => {
    const rows = await listJobsById(
      db,
      hints.map(([id]) => id)
    )
    const byId = new Map(rows.map((row) => [row.id, row]))
    const events: FeedEvent[] = []
    for (const [id, hint] of hints) {
      const row = byId.get(id)
      if (row === undefined) {
        if (isTold(id, DELETED)) continue
        events.push({ name: 'job', data: { id, change: 'deleted', version: null, job: null } })
        continue
      }
      const { params: _params, ...job } = toJob(row)
      const isKnown = told.has(id)
      if (isTold(id, etagOf(JSON.stringify(job)))) continue
      const change = hint === 'created' && isKnown ? 'updated' : hint
      events.push({ name: 'job', data: { id, change, version: job.version, job } })
    }
    return events
  }
}
