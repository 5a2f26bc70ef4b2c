import type { FastifyInstance } from 'fastify'
import { isLoopbackHost } from '../src/domain/addresses/address-kind.ts'

/**
 * Tells whether only this machine can reach an application: it is configured so, and listens so. One
 * that does not listen, or at a path, is reached by nobody else either. Where it listens is asked of
 * the system, so it is remembered.
 */
export function createLocalCheck(app: FastifyInstance, host: string): () => boolean {
  let known = isLoopbackHost(host) ? null : false
  return () => {
    if (known !== null) return known
    const address = app.server.address()
    if (address === null) return true
    known = typeof address === 'string' || isLoopbackHost(address.address)
    return known
  }
}
