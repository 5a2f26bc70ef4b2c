import type { FastifyInstance, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { guardRequest, nameActor } from './caller.ts'
import { appOf, type AppOptions, type Authorize } from './instance.ts'
import { isLocalOnly } from './local-only.ts'
import type { Config } from '../src/config.ts'
import { hasScope, type Scope } from '../src/domain/api-key.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { exposureFault, isExposed } from '../src/exposure.ts'
import { createKeyring } from '../src/keyring.ts'
import { invalid } from '../src/option-sources.ts'
import { createRefusals } from '../src/refusals.ts'

const CHALLENGE = 'Bearer realm="carillon", Basic realm="carillon"'

/** The same for every request that is refused: what was wrong with it helps only who guesses. */
const DETAIL =
  'This needs an API key; send it as "Authorization: Bearer <key>", or as the password of Basic authentication.'

/**
 * Refuses requests that may not do what they ask for, before anything else of them is looked at. The
 * service itself goes by keys; inside a host application, that is asked.
 */
export default fp<AppOptions>(
  async (app, { config, isService = false, authorize }) => {
    refuseBareRoutes(app)
    if (isService) await guardByKeys(app, config)
    else if (authorize !== undefined) guardByHost(app, authorize)
  },
  { name: 'carillon-auth', dependencies: ['carillon-errors', 'carillon-scheduler'] }
)

/** A route that somebody forgot to guard keeps the application from starting. */
function refuseBareRoutes(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  // Only now, because hooks of plugins may have given a route its scope.
  app.addHook('onReady', async () => {
    const isBare = ({ config }: RouteOptions) =>
      config?.open !== true && config?.scope === undefined
    const bare = routes.find(isBare)
    if (bare === undefined) return
    const route = `${bare.method.toString()} ${bare.url}`
    throw new Error(`The route ${route} declares neither a scope nor that it is open.`)
  })
}

/**
 * Without the right key, not even which paths exist can be learned. None is asked for while nobody but
 * this machine can reach the service and there never was one.
 */
async function guardByKeys(instance: FastifyInstance, config: Config): Promise<void> {
  const app = appOf(instance)
  const { db, clock, log, scheduler } = app
  const keyring = createKeyring({ db, clock, events: scheduler.events, configured: config.apiKey })
  app.addHook('onClose', () => keyring.close())
  const noteRefusal = createRefusals({
    now: clock.now,
    tell: (refusals) => log.warn(refusals, 'Requests without a valid API key were refused.')
  })
  if (isExposed(config) && !(await keyring.hasActive())) throw invalid(exposureFault(config))

  app.addHook('onRequest', (request, reply) =>
    guardRequest(request, async (scope) => {
      const identity = await keyring.identify(request.headers.authorization)
      if (identity !== null) {
        nameActor(request, identity.actor)
        if (scope === null || hasScope(identity.scopes, scope)) return
        throw insufficient(scope)
      }
      const isOpen = config.apiKey === null && isLocalOnly(app, config.host)
      if (isOpen && !(await keyring.wasKeyMade())) return
      noteRefusal(request.ip)
      reply.header('www-authenticate', CHALLENGE)
      throw app.httpErrors.unauthorized(DETAIL)
    })
  )
}

function guardByHost(instance: FastifyInstance, authorize: Authorize): void {
  const app = appOf(instance)
  app.addHook('onRequest', (request) =>
    guardRequest(request, async (scope) => {
      if (scope === null) return
      const { operation = 'unknown' } = request.routeOptions.config
      const verdict = await authorize(request, { operation, scope })
      if (verdict === true) return
      // A host may be written without types: what is neither yes nor somebody is a no.
      const actor: unknown = Object(verdict).actor
      if (typeof actor !== 'string') {
        throw app.httpErrors.forbidden(`You may not do this; it needs the right to ${scope}.`)
      }
      nameActor(request, actor)
    })
  )
}

function insufficient(scope: Scope): CarillonError {
  const message = `The API key does not have the scope "${scope}", which this needs; use one that has it.`
  return new CarillonError('insufficient_scope', message, { context: { scope } })
}
