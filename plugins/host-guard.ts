import type { FastifyInstance } from 'fastify'
import { guardHook, nameActor } from './caller.ts'
import { appOf, type Authorize } from './instance.ts'

/** Has the host application say of each request whether it may do what it asks for. */
export function guardByHost(instance: FastifyInstance, authorize: Authorize): void {
  const app = appOf(instance)
  app.addHook(
    'onRequest',
    guardHook((request) => async (scope) => {
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
