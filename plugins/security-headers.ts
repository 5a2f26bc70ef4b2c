import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'

/**
 * What browsers may do with an answer: take it for nothing but what it says it is, keep it to this
 * origin, and load nothing for it. Pages that need more say so themselves.
 */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  // What has an ETag, and the files of pages, may be kept and say so.
  'cache-control': 'no-store'
} as const

/**
 * The same headers on every answer of the service, also to what is refused; therefore the first of
 * all hooks. Inside a host application, headers are the host's.
 */
export default fp<AppOptions>(
  async (app, { isService = false }) => {
    if (!isService) return
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(SECURITY_HEADERS)
      done()
    })
  },
  { name: 'carillon-security-headers' }
)
