import { Counter, type Registry } from '@prometheus-io/client'
import { RequestDurations } from './request-durations.ts'

/** What requests are counted and timed by. */
export interface RequestKind {
  /** The operation, such as `list_jobs`. */
  type: string
  method: string
  /** Null for a path that is none of ours: it could be anything, and is counted but not timed. */
  route: string | null
  status: number
}

/** Counts requests by operation and status, and times them by route. */
export interface RequestMetrics {
  /** A series that takes the seconds of each request; to be asked for once for each kind. */
  series(kind: RequestKind): (seconds: number) => void
}

/**
 * What is known of a series is found once, not for each request: the client would look it up by its
 * labels, twice, which takes as long as to parse a request.
 */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const durations = new RequestDurations(registry)
  const counts: { type: string; status: number; unreported: number }[] = []
  const requests = new Counter({
    name: 'requests',
    help: 'Requests by operation and status.',
    labelNames: ['type', 'status'],
    registers: [],
    collect() {
      for (const count of counts) {
        this.inc({ type: count.type, status: count.status }, count.unreported)
        count.unreported = 0
      }
    }
  })
  registry.registerMetric(requests)
  return {
    series: ({ type, method, route, status }) => {
      const count = { type, status, unreported: 0 }
      counts.push(count)
      const time = route === null ? null : durations.series({ method, route, status_code: status })
      return (seconds) => {
        count.unreported++
        time?.(seconds)
      }
    }
  }
}
