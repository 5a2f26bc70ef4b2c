import * as client from '@prometheus-io/client'
import fastifyMetrics from 'fastify-metrics'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { appOf, type App, type AppOptions, type Scrape } from './instance.ts'
import { createCacheMetrics } from '../src/metrics/cache-metrics.ts'
import { createClockMetrics } from '../src/metrics/clock-metrics.ts'
import { createFeedMetrics } from '../src/metrics/feed-metrics.ts'
import { createJobMetrics } from '../src/metrics/job-metrics.ts'
import { createRequestMetrics, type RequestMetrics } from '../src/metrics/request-metrics.ts'
import { createRunMetrics } from '../src/metrics/run-metrics.ts'
import { createSelfCheckMetrics } from '../src/metrics/self-check-metrics.ts'
import { createWalMetrics } from '../src/metrics/wal-metrics.ts'

/** Defaults of the client whose names break the rules that `promtool check metrics` holds. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary'
]

/** Collects metrics in a registry of our own: a host's metrics and ours stay apart. */
export default fp<AppOptions>(
  async (instance, { config }) => {
    const app = appOf(instance)
    const registry = new client.Registry()
    await app.register(fastifyMetrics.default, {
      endpoint: null,
      name: 'requestMetrics',
      promClient: { ...client, register: registry },
      defaultMetrics: {
        enabled: true,
        register: registry,
        // What is measured so often, for two metrics that are left out below, was a fifth of all that
        // an idle service did. The longest that a timer can be.
        eventLoopUtilizationTimeout: 2 ** 31 - 1
      },
      // Its hooks were a seventh of the work for a request; ours counts and times at once.
      routeMetrics: { enabled: false }
    })
    for (const name of MISNAMED) registry.removeSingleMetric(name)
    createCacheMetrics(registry, app.cache)
    createRunMetrics(registry, app.scheduler)
    createSelfCheckMetrics(registry, app.scheduler)
    createClockMetrics(registry, app.clockSkewMs)
    createWalMetrics(registry, app.db.wal)
    createFeedMetrics(registry, app.feed.listeners)
    const { db, clock, scheduler } = app
    const jobMetrics = createJobMetrics({
      registry,
      db,
      clock,
      scheduler,
      jobLimit: config.metricsJobLimit
    })
    measureRequests(app, createRequestMetrics(registry))
    // Before the scheduler starts, so that the runs of jobs that are there already are counted.
    await jobMetrics.refresh()
    // The text format 0.0.4: the newer one renames counters that clients depend on.
    const scrape: Scrape = {
      contentType: registry.contentType,
      text: async () => {
        await jobMetrics.refresh()
        const text = await registry.metrics()
        jobMetrics.release()
        return text
      }
    }
    app.decorate('scrape', scrape)
  },
  {
    name: 'carillon-metrics',
    dependencies: ['carillon-scheduler', 'carillon-cache', 'carillon-feed']
  }
)

/** Counts answers by operation, which routes name in their config, and status; and times them. */
function measureRequests(app: App, metrics: RequestMetrics): void {
  const known = new WeakMap<object, Map<number, Series>>()
  const seriesOf = ({ method, routeOptions }: FastifyRequest, status: number): Series => {
    const { config, url: route = null } = routeOptions
    const byStatus = known.get(config) ?? new Map<number, Series>()
    known.set(config, byStatus)
    const found = byStatus.get(status)
    if (found !== undefined) return found
    const series = metrics.series({ type: config.operation ?? 'unknown', method, route, status })
    byStatus.set(status, series)
    return series
  }
  app.addHook('onResponse', (request, reply, done) => {
    seriesOf(request, reply.statusCode)(reply.elapsedTime / 1_000)
    done()
  })
}

/** Takes the seconds of a request of one route and status. */
type Series = ReturnType<RequestMetrics['series']>
