import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { requestsPerMinute, senderOf, WINDOW_MS } from './senders.ts'

/**
 * Limits what one sender may ask for, and says in every answer how much that still is
 * (draft-ietf-httpapi-ratelimit-headers-10). Must come after the plugin that looks at keys: a request
 * counts to the owner of its key. In memory, for 5,000 senders: each replica counts for itself.
 */
export default fp<AppOptions>(
  async (app, options) => {
    const max = requestsPerMinute(options)
    if (max === 0) return
    const count = app.createRateLimit({ max, timeWindow: WINDOW_MS, keyGenerator: senderOf })
    const policy = `"sender";q=${max};w=${WINDOW_MS / 1_000}`
    app.addHook('onRequest', async (request: FastifyRequest, reply) => {
      if (request.routeOptions.config.unlimited === true) return
      const state = await count(request)
      if (state.isAllowed) return
      reply.header('ratelimit-policy', policy)
      reply.header('ratelimit', `"sender";r=${state.remaining};t=${state.ttlInSeconds}`)
      if (!state.isExceeded) return
      reply.header('retry-after', state.ttlInSeconds)
      throw app.httpErrors.tooManyRequests(
        `More than ${max} requests came from this sender within a minute; send the next one in ${state.ttlInSeconds} s, or raise CARILLON_RATE_LIMIT.`
      )
    })
  },
  { name: 'carillon-rate-limit', dependencies: ['carillon-failed-keys'] }
)
