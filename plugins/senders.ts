import { isIP } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { callerOf } from './caller.ts'
import type { AppOptions } from './instance.ts'
import { isLoopbackHost } from '../src/domain/addresses/address-kind.ts'

/** Where others can reach the service, and the configuration says nothing. */
const DEFAULT_REQUESTS = 300

/** What the limits count in: a minute, in milliseconds. */
export const WINDOW_MS = 60_000

/**
 * Requests a minute that one sender may make; 0 for any number. Only the service itself limits:
 * inside a host application, it is the host's to limit what reaches it.
 */
export function requestsPerMinute({ config, isService = false }: AppOptions): number {
  if (!isService) return 0
  return config.rateLimit ?? (isLoopbackHost(config.host) ? 0 : DEFAULT_REQUESTS)
}

/** Who is limited: the owner of a key whatever the address, and without a key, the address. */
export function senderOf(request: FastifyRequest): string {
  const { actor } = callerOf(request)
  return actor === null ? addressOf(request) : `key ${actor}`
}

/** Of IPv6 the network of 64 bits: who has one address of it has them all. */
export function addressOf(request: FastifyRequest): string {
  const { address } = callerOf(request)
  // What a proxy passes on may be anything, of any length, and would be kept.
  return address !== null && isIP(address) > 0 ? normalizeIP(address) : 'unknown'
}
