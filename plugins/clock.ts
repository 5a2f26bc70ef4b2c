import fp from 'fastify-plugin'
import { appOf, type AppOptions } from './instance.ts'
import { systemClock } from '../src/engine/clock.ts'
import { createServerClock } from '../src/engine/server-clock.ts'

/**
 * Decorates `clock` and `clockSkewMs`: of the database server where replicas share one, of this
 * machine where the database is a file on it.
 */
export default fp<AppOptions>(
  async (instance, { clock }) => {
    const app = appOf(instance)
    if (clock !== undefined || !app.db.dialect.isShared) {
      app.decorate('clock', clock ?? systemClock)
      app.decorate('clockSkewMs', () => 0)
      return
    }
    const serverClock = await createServerClock(app.db, { clock: systemClock })
    app.addHook('onClose', () => serverClock.stop())
    app.decorate('clock', serverClock)
    app.decorate('clockSkewMs', () => serverClock.skewMs())
  },
  { name: 'carillon-clock', dependencies: ['carillon-db'] }
)
