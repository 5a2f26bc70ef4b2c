import fp from 'fastify-plugin'
import { clockOf } from '../core/clock-of.ts'
import { appOf, type AppOptions } from './instance.ts'

/**
 * Decorates `clock` and `clockSkewMs`: of the database server where replicas share one, of this
 * machine where the database is a file on it.
 */
export default fp<AppOptions>(
  async (instance, { clock }) => {
    const app = appOf(instance)
    const inForce = await clockOf(app.db, clock)
    app.addHook('onClose', async () => inForce.stop())
    app.decorate('clock', inForce.clock)
    app.decorate('clockSkewMs', () => inForce.skewMs())
  },
  { name: 'carillon-clock', dependencies: ['carillon-db'] }
)
