import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { guardHook, nameActor } from './caller.ts'
import { appOf } from './instance.ts'
import { createLocalCheck } from './local-only.ts'
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
 * Without the right key, not even which paths exist can be learned. None is asked for while nobody but
 * this machine can reach the service and there never was one.
 * @throws CarillonError `invalid_configuration` where others reach it and there is none
 */
export async function guardByKeys(instance: FastifyInstance, config: Config): Promise<void> {
  const app = appOf(instance)
  const { db, clock, log, scheduler } = app
  const keyring = createKeyring({ db, clock, events: scheduler.events, configured: config.apiKey })
  app.addHook('onClose', () => keyring.close())
  const isLocal = createLocalCheck(app, config.host)
  const noteRefusal = createRefusals({
    now: clock.now,
    tell: (refusals) => log.warn(refusals, 'Requests without a valid API key were refused.')
  })
  if (isExposed(config) && !(await keyring.hasActive())) throw invalid(exposureFault(config))

  const isWithoutKeys = () => config.apiKey === null && isLocal()
  const demand = async (
    request: FastifyRequest,
    reply: FastifyReply,
    scope: Scope | null
  ): Promise<void> => {
    const identity = await keyring.identify(request.headers.authorization)
    if (identity !== null) {
      nameActor(request, identity.actor)
      if (scope === null || hasScope(identity.scopes, scope)) return
      throw insufficient(scope)
    }
    if (isWithoutKeys() && !(await keyring.wasKeyMade())) return
    noteRefusal(request.ip)
    reply.header('www-authenticate', CHALLENGE)
    throw app.httpErrors.unauthorized(DETAIL)
  }
  app.addHook(
    'onRequest',
    guardHook((request, reply) => (scope) => {
      const { authorization } = request.headers
      const isFree = authorization === undefined && isWithoutKeys() && keyring.isKnownUnmade()
      return isFree ? null : demand(request, reply, scope)
    })
  )
}

function insufficient(scope: Scope): CarillonError {
  const message = `The API key does not have the scope "${scope}", which this needs; use one that has it.`
  return new CarillonError('insufficient_scope', message, { context: { scope } })
}
