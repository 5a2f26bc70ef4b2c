import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { TargetPolicy } from '../../domain/addresses/target-policy.ts'

type Connector = buildConnector.connector

/** A call that the policy does not let go where it leads; the message says where and why. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused'
}

export interface GuardOptions {
  policy: TargetPolicy
  /** How long making a connection may take, name lookup and TLS included. */
  timeoutMs: number
  /** Resolves names; for tests. */
  lookup?: typeof systemLookup | undefined
}

/**
 * Connects to one origin if the policy lets it: what the URL says itself is looked at first, as a
 * lookup never sees an address; then every address that the name stands for, all of which must be
 * allowed, so that a name with a good and a bad one is not tried until the bad one is hit; and then
 * the peer that answered, whatever was resolved.
 */
export function guardedConnector(origin: URL, options: GuardOptions): Connector {
  const { policy, timeoutMs } = options
  const connect = buildConnector({
    timeout: timeoutMs,
    // Its requests would share a socket.
    allowH2: false,
    lookup: guardedLookup(origin, options)
  })
  return (target, callback) => {
    const fault = policy.urlFault(origin)
    if (fault !== null) {
      queueMicrotask(() => callback(new TargetRefused(fault), null))
      return
    }
    return connect(target, (...result) => {
      const [error, socket] = result
      if (error !== null || socket === null) return callback(...result)
      const peerFault = policy.addressFault(origin, socket.remoteAddress ?? '')
      if (peerFault === null) return callback(null, socket)
      socket.destroy()
      callback(new TargetRefused(peerFault), null)
    })
  }
}

function firstFault(
  policy: TargetPolicy,
  origin: URL,
  addresses: readonly LookupAddress[]
): string | null {
  for (const { address } of addresses) {
    const fault = policy.addressFault(origin, address)
    if (fault !== null) return fault
  }
  return null
}

function guardedLookup(
  origin: URL,
  { policy, lookup = systemLookup }: GuardOptions
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true } satisfies LookupOptions, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const fault = firstFault(policy, origin, addresses)
      const [first] = addresses
      if (fault !== null) callback(new TargetRefused(fault), '', 0)
      else if (options.all === true) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}
