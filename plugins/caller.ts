import type { FastifyRequest } from 'fastify'
import type { Caller } from '../src/domain/caller.ts'

/** Not a decorator: a host application may have one of any name. */
const actors = new WeakMap<FastifyRequest, string>()

/** Notes who sends a request, once it is known. */
export function nameActor(request: FastifyRequest, actor: string): void {
  actors.set(request, actor)
}

/** Who sends a request, as far as it is known, and from where. */
export function callerOf(request: FastifyRequest): Caller {
  return { actor: actors.get(request) ?? null, address: request.ip }
}
