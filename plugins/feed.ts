import fp from 'fastify-plugin'
import { appOf, type AppOptions } from './instance.ts'
import { createFeed } from '../src/feed/feed.ts'

/**
 * Decorates `feed`. Streams end before the application closes, which waits for every answer; and after
 * the scheduler has stopped, so that who looks on sees how it does.
 */
export default fp<AppOptions>(
  async (instance, { config: { leaseMs } }) => {
    const app = appOf(instance)
    const { db, clock, scheduler } = app
    const slots = () => {
      const { runSlots, runsInFlight } = scheduler.status()
      return { slots: runSlots, slots_used: runsInFlight }
    }
    const lastPassAt = () => scheduler.status().lastPassAt
    const feed = createFeed({ db, clock, events: scheduler.events, slots, lastPassAt, leaseMs })
    app.decorate('feed', feed)
    app.addHook('preClose', () => feed.close())
    // A start that fails after this point never reaches preClose.
    app.addHook('onClose', () => feed.close())
  },
  { name: 'carillon-feed', dependencies: ['carillon-scheduler'] }
)
