import fp from 'fastify-plugin'
import { nameActor } from './caller.ts'
import type { AppOptions } from './instance.ts'
import { createKeyCheck } from '../src/api-key.ts'

const CHALLENGE = 'Bearer realm="carillon", Basic realm="carillon"'

/** The same for every request that is refused: what was wrong with it helps only who guesses. */
const DETAIL =
  'This needs the API key; send it as "Authorization: Bearer <key>", or as the password of Basic authentication.'

/**
 * With an API key in the configuration, refuses every request that does not carry it, but for the
 * routes that are declared `open`. It does so before anything of the request is looked at: without
 * the key, not even which paths exist can be learned.
 */
export default fp<AppOptions>(
  async (app, { config: { apiKey } }) => {
    if (apiKey === null) return
    const isAllowed = createKeyCheck(apiKey)
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.open === true) return
      if (isAllowed(request.headers.authorization)) return nameActor(request, 'configuration')
      reply.header('www-authenticate', CHALLENGE)
      throw app.httpErrors.unauthorized(DETAIL)
    })
  },
  { name: 'carillon-auth', dependencies: ['carillon-errors'] }
)
