import { LRUCache } from 'lru-cache'
import type { Job } from './domain/job.ts'
import type { CacheNumbers } from './domain/system.ts'
import type { EventHub } from './engine/events.ts'
import { etagOf, jobEtag } from './domain/etag.ts'

/** A job, ready to be sent. */
export interface CachedJob {
  json: string
  /** Changes with anything in the JSON. */
  etag: string
}

/** A page of jobs, ready to be sent. */
export interface CachedPage {
  /** The JSON array, as bytes: to encode it anew for each answer costs more than all the rest. */
  body: Buffer
  etag: string
  /** The last job, after which it goes on; null on the last page. */
  last: Job | null
}

/** Jobs kept in memory as the JSON that is sent, so that a read costs neither a query nor a codec. */
export interface JobCache {
  /** The JSON of a job, loaded if it is not there. */
  readJob(id: number, load: () => Promise<Job>): Promise<CachedJob>
  /** A page, by what was asked for; `limit + 1` jobs are loaded to know whether more follow. */
  readPage(key: string, limit: number, load: () => Promise<Job[]>): Promise<CachedPage>
  /** Jobs held. */
  size(): number
  counters(): { hits: number; misses: number; evictions: number }
}

/**
 * How long it may go unseen that another process has written to the file. To look once a turn of the event
 * loop was a twentieth of the work for a request.
 */
const FOLLOW_EVERY_MS = 10
const MAX_BYTES = 64 * 1024 * 1024
const MAX_PAGES = 100
const MAX_PAGE_BYTES = 16 * 1024 * 1024

export interface JobCacheOptions {
  /** 0 turns the cache off. */
  maxJobs: number
  /** How long a job is kept at most where other replicas change jobs too; null where none do. */
  maxAgeMs: number | null
  /** Rises when another process has written to the file that is the database. */
  revision: (() => number) | null
}

/**
 * A cache that is never stale on its own replica: whatever changes a job takes it out before the
 * change is acknowledged, and a load that overlapped with a change is not kept. What another replica
 * changed is out as soon as it tells, and after `maxAgeMs` whether it tells or not.
 */
export function createJobCache(events: EventHub, options: JobCacheOptions): JobCache {
  const { maxJobs, maxAgeMs, revision } = options
  let hits = 0
  let misses = 0
  let evictions = 0
  let changes = 0
  const ageLimit = maxAgeMs === null ? {} : { ttl: maxAgeMs, ttlResolution: 10 }
  const jobs = new LRUCache<number, CachedJob>({
    max: Math.max(1, maxJobs),
    maxSize: MAX_BYTES,
    sizeCalculation: ({ json }) => json.length + 1,
    ...ageLimit,
    dispose: (_job, _id, reason) => {
      if (reason === 'evict') evictions++
    }
  })
  const pages = new LRUCache<string, CachedPage>({
    max: MAX_PAGES,
    maxSize: MAX_PAGE_BYTES,
    sizeCalculation: (page) => page.body.length + 1,
    ...ageLimit
  })

  const forget = (ids: readonly number[]): void => {
    changes++
    for (const id of ids) jobs.delete(id)
    if (pages.size > 0) pages.clear()
  }
  const forgetAll = (): void => {
    changes++
    jobs.clear()
    pages.clear()
  }
  events.on('job_created', ({ job }) => forget([job.id]))
  events.on('job_updated', ({ job }) => forget([job.id]))
  events.on('job_deleted', ({ id }) => forget([id]))
  events.on('jobs_moved', ({ ids }) => forget(ids))
  events.on('notice_received', (notice) => {
    if (notice.jobs === null) forgetAll()
    else if (notice.jobs.length > 0) forget(notice.jobs)
  })

  let seenRevision = revision?.() ?? 0
  let hasLooked = false
  const followFile = (): void => {
    if (revision === null || hasLooked) return
    hasLooked = true
    setTimeout(() => {
      hasLooked = false
    }, FOLLOW_EVERY_MS).unref()
    const now = revision()
    if (now === seenRevision) return
    seenRevision = now
    forgetAll()
  }

  const isOff = maxJobs === 0
  const keepJob = (id: number, job: CachedJob): void => {
    if (!isOff) jobs.set(id, job)
  }

  return {
    readJob: async (id, load) => {
      followFile()
      const known = jobs.get(id)
      if (known !== undefined) {
        hits++
        return known
      }
      misses++
      const before = changes
      const job = cached(await load())
      if (changes === before) keepJob(id, job)
      return job
    },
    readPage: async (key, limit, load) => {
      followFile()
      const known = pages.get(key)
      if (known !== undefined) {
        hits++
        return known
      }
      misses++
      const before = changes
      const loaded = await load()
      const shown = loaded.slice(0, limit)
      const made = shown.map(cached)
      const last = loaded.length > limit ? (shown.at(-1) ?? null) : null
      const body = Buffer.from(`[${made.map(({ json }) => json).join(',')}]`)
      const page = { body, etag: etagOf(body), last }
      if (changes === before && !isOff) {
        for (const [index, job] of made.entries()) keepJob(shown[index]?.id ?? 0, job)
        pages.set(key, page)
      }
      return page
    },
    size: () => jobs.size,
    counters: () => ({ hits, misses, evictions })
  }
}

/** How a cache that may hold so many jobs does. */
export function cacheNumbers(cache: JobCache, max: number): CacheNumbers {
  const { hits, misses } = cache.counters()
  const reads = hits + misses
  return { size: cache.size(), max, hits, misses, hit_rate: reads === 0 ? null : hits / reads }
}

function cached(job: Job): CachedJob {
  const json = JSON.stringify(job)
  return { json, etag: jobEtag(job.version, json) }
}
