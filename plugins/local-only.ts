import type { FastifyInstance } from 'fastify'
import { isLoopbackHost } from '../src/domain/addresses/address-kind.ts'

/**
 * Whether only this machine can reach an application: it is configured so, and listens so. One that
 * does not listen, or at a path, is reached by nobody else either.
 */
export function isLocalOnly(app: FastifyInstance, host: string): boolean {
  if (!isLoopbackHost(host)) return false
  const address = app.server.address()
  return address === null || typeof address === 'string' || isLoopbackHost(address.address)
}
