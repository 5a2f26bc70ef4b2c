import { kindOf, parseAddress, type Address } from './address-kind.ts'
import { parseTargetRule, type Destination, type TargetRule } from './target-rule.ts'

/** Names that clouds answer for their metadata. */
const METADATA_NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal'
])

/** Where targets may lead. */
export interface TargetPolicy {
  /** Why a URL may not be called, as far as it says so itself; null when it may, or is yet to show. */
  urlFault(url: URL): string | null
  /** Why an address may not be called that its name stands for, or that answered. */
  addressFault(url: URL, address: string): string | null
}

export interface TargetPolicyOptions {
  /** Rules as in `parseTargetRule`, checked before. */
  allow: readonly string[]
  deny: readonly string[]
  /** Whether only this machine can ask for calls: then they may lead to its own network. */
  isLocal(): boolean
}

/**
 * Keeps calls from going where whoever asks for them could not go by themselves (OWASP: server-side
 * request forgery). A rule that denies beats one that allows, but for `*`, which denies what no rule
 * allows. Link-local and metadata addresses are never called: no rule opens them.
 */
export function createTargetPolicy({ allow, deny, isLocal }: TargetPolicyOptions): TargetPolicy {
  const allowed = rulesOf(allow)
  const denied = rulesOf(deny.filter((rule) => rule !== '*'))
  const isClosed = deny.includes('*')

  const fault = (destination: Destination): string | null => {
    const { host, address } = destination
    const isMeant = (rule: TargetRule): boolean => rule(destination)
    const place = placeOf(destination)
    if (METADATA_NAMES.has(host))
      return `${place} tells secrets of this machine; it is never called.`
    const kind = address === null ? 'public' : kindOf(address)
    if (kind === 'metadata' || kind === 'link_local') {
      return `${place} is a link-local or metadata address; it is never called.`
    }
    if (denied.some(isMeant)) return `${place} is denied by CARILLON_TARGETS_DENY.`
    if (allowed.some(isMeant)) return null
    // A name may be allowed by the addresses that it stands for.
    if (address === null) return null
    if (isClosed) return `${place} is not allowed; add it to CARILLON_TARGETS_ALLOW.`
    if (kind === 'public') return null
    if (kind !== 'special' && isLocal()) return null
    return `${place} is ${ADJECTIVES[kind]}; to let targets call it, add it to CARILLON_TARGETS_ALLOW.`
  }

  return {
    urlFault: (url) => fault(destinationOf(url, parseAddress(url.hostname))),
    addressFault: (url, text) => {
      const address = parseAddress(text)
      if (address === null) return `${url.host} has no address that can be checked.`
      return fault(destinationOf(url, address))
    }
  }
}

const ADJECTIVES = {
  loopback: 'this machine itself',
  private: 'an address of a private network',
  special: 'an address for special use'
} as const

function rulesOf(texts: readonly string[]): TargetRule[] {
  return texts.map(parseTargetRule).filter((rule) => rule !== null)
}

function destinationOf(url: URL, address: Address | null): Destination {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { host, port, address }
}

function placeOf({ host, address }: Destination): string {
  const shown = address?.toString() ?? host
  return shown === host ? `The target ${host}` : `The target ${host} (${shown})`
}
