import * as client from '@prometheus-io/client'
import fastifyMetrics from 'fastify-metrics'
import fp from 'fastify-plugin'
import { appOf, type App, type AppOptions, type Scrape } from './instance.ts'
import { systemClock } from '../src/engine/clock.ts'
import { createCacheMetrics } from '../src/metrics/cache-metrics.ts'
import { createJobMetrics } from '../src/metrics/job-metrics.ts'
import { createRunMetrics } from '../src/metrics/run-metrics.ts'

const REQUEST_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

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
  async (instance, { config, clock = systemClock }) => {
    const app = appOf(instance)
    const registry = new client.Registry()
    await app.register(fastifyMetrics.default, {
      endpoint: null,
      name: 'requestMetrics',
      promClient: { ...client, register: registry },
      defaultMetrics: { enabled: true, register: registry },
      routeMetrics: {
        enabled: { histogram: true, summary: false },
        overrides: {
          histogram: { registers: [registry], buckets: REQUEST_BUCKETS },
          summary: { registers: [new client.Registry()] }
        }
      }
    })
    for (const name of MISNAMED) registry.removeSingleMetric(name)
    createCacheMetrics(registry, app.cache)
    createRunMetrics(registry, app.scheduler)
    const { db, scheduler } = app
    const jobMetrics = createJobMetrics({
      registry,
      db,
      clock,
      scheduler,
      jobLimit: config.metricsJobLimit
    })
    countRequests(app, registry)
    app.addHook('onReady', jobMetrics.refresh)
    // The text format 0.0.4: the newer one renames counters that clients depend on.
    const scrape: Scrape = {
      contentType: registry.contentType,
      text: async () => {
        await jobMetrics.refresh()
        const text = await registry.metrics()
        await jobMetrics.release()
        return text
      }
    }
    app.decorate('scrape', scrape)
  },
  { name: 'carillon-metrics', dependencies: ['carillon-scheduler', 'carillon-cache'] }
)

/** Counts answers by operation, which routes name in their config, and status. */
function countRequests(app: App, registry: client.Registry): void {
  const requests = new client.Counter({
    name: 'requests',
    help: 'Requests by operation and status.',
    labelNames: ['type', 'status'],
    registers: [registry]
  })
  app.addHook('onResponse', async (request, reply) => {
    const { operation = 'unknown' } = request.routeOptions.config
    requests.inc({ type: operation, status: reply.statusCode })
  })
}
