import type { FastifyRequest } from 'fastify'
import type { Scope } from '../src/domain/api-key.ts'
import type { Caller } from '../src/domain/caller.ts'

/** Refuses a request that may not do what needs this scope. */
export type Demand = (scope: Scope) => Promise<void>

/** Not decorators: a host application may have some of any name. */
const actors = new WeakMap<FastifyRequest, string>()
const demands = new WeakMap<FastifyRequest, Demand>()

/** Notes who sends a request, once it is known. */
export function nameActor(request: FastifyRequest, actor: string): void {
  actors.set(request, actor)
}

/** Who sends a request, as far as it is known, and from where. */
export function callerOf(request: FastifyRequest): Caller {
  return { actor: actors.get(request) ?? null, address: request.ip }
}

/** Asks for the scope of its route, and keeps how to ask for another one. */
export async function guardRequest(request: FastifyRequest, demand: Demand): Promise<void> {
  demands.set(request, demand)
  // Nothing is done for a path that nobody has. A route without a scope does not get this far.
  if (!request.is404) await demand(request.routeOptions.config.scope ?? 'admin')
}

/**
 * For what needs another scope besides that of its route, as its body tells.
 * @throws CarillonError `insufficient_scope`, or an error that is answered with 403
 */
export async function demandScope(request: FastifyRequest, scope: Scope): Promise<void> {
  await demands.get(request)?.(scope)
}
