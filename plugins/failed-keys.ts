import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { addressOf, requestsPerMinute, WINDOW_MS } from './senders.ts'

const MAX_FAILURES = 20

/**
 * Limits how often an address may try keys. Must come before the plugin that looks at them, so that
 * who guesses is refused without a look. The counts of 5,000 addresses are kept, those of the last
 * ones that failed.
 */
export default fp<AppOptions>(
  async (app, options) => {
    if (requestsPerMinute(options) === 0) return
    await app.register(rateLimit, { global: false })
    const count = app.createRateLimit({
      max: MAX_FAILURES,
      timeWindow: WINDOW_MS,
      keyGenerator: addressOf
    })
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.open === true) return
      const state = await count(request, { increment: false })
      if (state.isAllowed || state.remaining > 0) return
      reply.header('retry-after', state.ttlInSeconds)
      throw app.httpErrors.tooManyRequests(
        `${MAX_FAILURES} requests from this address had no right key, so none is looked at for ${state.ttlInSeconds} s; send the right one then.`
      )
    })
    app.addHook('onSend', async (request, reply) => {
      if (reply.statusCode !== 401) return
      const state = await count(request)
      if (state.isAllowed || state.remaining > 0) return
      app.log.warn({ address: state.key }, 'An address sent too many wrong keys: it has to wait.')
    })
  },
  { name: 'carillon-failed-keys', dependencies: ['carillon-errors'] }
)
