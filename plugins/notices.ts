import { randomUUID } from 'node:crypto'
import fp from 'fastify-plugin'
import { appOf } from './instance.ts'
import { exchangeNotices } from '../src/engine/notices.ts'

/** Exchanges notices with the other replicas, where the database passes them on. */
export default fp(
  async (instance) => {
    const { db, scheduler } = appOf(instance)
    if (db.notices === null) return
    const { events } = scheduler
    const stop = await exchangeNotices({ channel: db.notices, events, self: randomUUID() })
    instance.addHook('onClose', stop)
  },
  { name: 'carillon-notices', dependencies: ['carillon-scheduler', 'carillon-cache'] }
)
