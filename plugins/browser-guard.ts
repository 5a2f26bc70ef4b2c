import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { createBrowserRules, type BrowserRequest } from '../src/browser-rules.ts'

/**
 * Refuses what web pages of others send, before anything else of a request is looked at. Only the
 * service itself has it: inside a host application, what may call it is the host's to say.
 */
export default fp<AppOptions>(
  async (app, { config, isService = false }) => {
    if (!isService) return
    const check = createBrowserRules(config)
    app.addHook('onRequest', (request, _reply, done) => {
      // Probes call by whatever address they know, and learn nothing that a page could use.
      if (request.routeOptions.config.open !== true) check(browserRequestOf(request))
      done()
    })
  },
  { name: 'carillon-browser-guard', dependencies: ['carillon-errors'] }
)

function browserRequestOf(request: FastifyRequest): BrowserRequest {
  const { method, headers } = request
  const { origin, 'sec-fetch-site': fetchSite } = headers
  return { method, host: hostOf(request), origin, fetchSite: fetchSite?.toString() }
}

/**
 * The name that a request was sent to: that of the URL where there is a whole one (RFC 9112, 3.2.2),
 * else that of `Host`. Never that of `X-Forwarded-Host`, which anyone behind a proxy can send.
 */
function hostOf({ url, headers }: FastifyRequest): string {
  const { host = '' } = headers
  return url.startsWith('/') ? host : (URL.parse(url)?.host ?? host)
}
