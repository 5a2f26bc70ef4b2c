import fp from 'fastify-plugin'
import { noteUses } from '../core/noted-use.ts'
import { schedulerOptions } from '../core/scheduler-options.ts'
import { appOf, type AppOptions } from './instance.ts'
import { createLocalCheck } from './local-only.ts'
import { cacheNumbers } from '../src/job-cache.ts'
import { createScheduler } from '../src/scheduler.ts'
import { listShownOptions } from '../src/shown-options.ts'

/**
 * Decorates `scheduler`. It begins to run jobs when the application is ready, and before it closes
 * lets them come to their end while everything that they use is still there.
 */
export default fp<AppOptions>(
  async (instance, { config, shown = listShownOptions(config), handlers = {}, dispatcher }) => {
    const app = appOf(instance)
    const { db, clock, log, clockSkewMs } = app
    const isLocal = createLocalCheck(app, config.host)
    // The cache is made of the scheduler, and there when anybody asks.
    const cache = () => cacheNumbers(app.cache, config.cacheJobs)
    const surroundings = { db, clock, log, dispatcher, isLocal, shown, cache, clockSkewMs }
    const scheduler = createScheduler(schedulerOptions(config, surroundings))
    for (const [name, handler] of Object.entries(handlers)) scheduler.handle(name, handler)
    noteUses(scheduler, db)
    app.decorate('scheduler', scheduler)
    app.addHook('onReady', async () => {
      if (config.autoStart) await scheduler.start()
    })
    let stopping: Promise<void> | null = null
    app.addHook('preClose', async () => {
      stopping = scheduler.stop({ graceMs: config.stopGraceMs })
      // Its failure is told in the end: here it would keep others from what they do before closing.
      await stopping.catch(() => undefined)
    })
    // A start that fails after this point never reaches preClose, and one that is still going on when
    // the application closes is over only now.
    app.addHook('onClose', async () => {
      await stopping
      await scheduler.stop({ graceMs: 0 })
    })
  },
  { name: 'carillon-scheduler', dependencies: ['carillon-db', 'carillon-clock'] }
)
