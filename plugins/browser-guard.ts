import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { createBrowserRules } from '../src/browser-rules.ts'

/**
 * Refuses what web pages of others send, before anything else of a request is looked at. Only the
 * service itself has it: inside a host application, what may call it is the host's to say.
 */
export default fp<AppOptions>(
  async (app, { config, isService = false }) => {
    if (!isService) return
    const check = createBrowserRules(config)
    app.addHook('onRequest', async (request: FastifyRequest) => {
      // Probes call by whatever address they know, and learn nothing that a page could use.
      if (request.routeOptions.config.open === true) return
      const { method, host, headers } = request
      const fetchSite = headers['sec-fetch-site']
      check({ method, host, origin: headers.origin, fetchSite: fetchSite?.toString() })
    })
  },
  { name: 'carillon-browser-guard', dependencies: ['carillon-errors'] }
)
