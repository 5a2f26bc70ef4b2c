import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { SCOPES, type Scope } from '../src/domain/api-key.ts'
import type { Caller } from '../src/domain/caller.ts'
import { CarillonError } from '../src/domain/errors.ts'

/**
 * Refuses a request that may not do what needs this scope; null for what needs none, and is still not
 * for everybody. Whoever it is may have lost the right since they were asked last. Null where nothing
 * has to be waited for: the promises would cost more than to look.
 */
export type Demand = (scope: Scope | null) => Promise<void> | null

/**
 * Not by name, which a host application may have taken; and not in a WeakMap, whose short-lived keys
 * cost the garbage collector more than the rest of a request does.
 */
const ACTOR: unique symbol = Symbol('carillon.actor')
const DEMAND: unique symbol = Symbol('carillon.demand')

declare module 'fastify' {
  interface FastifyRequest {
    [ACTOR]?: string
    [DEMAND]?: Demand
  }
}

/** Notes who sends a request, once it is known. */
export function nameActor(request: FastifyRequest, actor: string): void {
  request[ACTOR] = actor
}

/** Who sends a request, as far as it is known, and from where. */
export function callerOf(request: FastifyRequest): Caller {
  return { actor: request[ACTOR] ?? null, address: request.ip }
}

/**
 * A hook that asks for the scope of the route, unless it is open, and keeps how to ask for another one.
 */
export function guardHook(
  demandOf: (request: FastifyRequest, reply: FastifyReply) => Demand
): onRequestHookHandler {
  return (request, reply, goOn) => {
    const { open = false, scope = 'admin' } = request.routeOptions.config
    if (open) return goOn()
    const demand = demandOf(request, reply)
    request[DEMAND] = demand
    // Nothing is done for a path that nobody has.
    const asked = demand(request.is404 ? null : scope)
    if (asked === null) goOn()
    else asked.then(() => goOn(), goOn)
  }
}

/**
 * For what needs another scope besides that of its route, as its body tells.
 * @throws an error that is answered with 401 or 403
 */
export async function demandScope(request: FastifyRequest, scope: Scope): Promise<void> {
  await request[DEMAND]?.(scope)
}

/** What a request may do, each of them asked about. @throws what keeps that from being known */
export async function scopesOf(request: FastifyRequest): Promise<Scope[]> {
  const isAllowed = await Promise.all(SCOPES.map((scope) => mayDo(request, scope)))
  return SCOPES.filter((_scope, index) => isAllowed[index])
}

/**
 * For answers that take long: whether the request would still be let in. While that cannot be known,
 * it may go on.
 */
export async function isStillAllowed(request: FastifyRequest): Promise<boolean> {
  return mayDo(request, request.routeOptions.config.scope ?? 'admin').catch(() => true)
}

async function mayDo(request: FastifyRequest, scope: Scope): Promise<boolean> {
  try {
    await demandScope(request, scope)
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

function isRefusal(error: unknown): boolean {
  if (error instanceof CarillonError) return error.code === 'insufficient_scope'
  const status: unknown = Object(error).statusCode
  return status === 401 || status === 403
}
