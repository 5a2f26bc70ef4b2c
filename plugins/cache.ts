import fp from 'fastify-plugin'
import { appOf, type AppOptions } from './instance.ts'
import { createJobCache } from '../src/job-cache.ts'

/** How long the change of another replica may go unseen. */
const MAX_AGE_MS = 1_000

/** Decorates `cache`: jobs as they are sent, kept in memory. */
export default fp<AppOptions>(
  async (instance, { config }) => {
    const app = appOf(instance)
    const { db, scheduler } = app
    const cache = createJobCache(scheduler.events, {
      maxJobs: config.cacheJobs,
      maxAgeMs: db.dialect.isShared ? MAX_AGE_MS : null,
      revision: db.revision
    })
    app.decorate('cache', cache)
  },
  { name: 'carillon-cache', dependencies: ['carillon-scheduler'] }
)
