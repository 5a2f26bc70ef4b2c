import fp from 'fastify-plugin'
import { appOf, type AppOptions } from './instance.ts'
import { createJobCache } from '../src/job-cache.ts'

/** Decorates `cache`: jobs as they are sent, kept in memory and never stale. */
export default fp<AppOptions>(
  async (instance, { config }) => {
    const app = appOf(instance)
    app.decorate('cache', createJobCache(app.scheduler.events, config.cacheJobs))
  },
  { name: 'carillon-cache', dependencies: ['carillon-scheduler'] }
)
