import ipaddr from 'ipaddr.js'

/** What is behind an address, as far as it matters to whoever must not be sent there. */
export const ADDRESS_KINDS = [
  'public',
  'loopback',
  'private',
  'link_local',
  'metadata',
  'special'
] as const
export type AddressKind = (typeof ADDRESS_KINDS)[number]

export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Where clouds tell a machine its credentials, beside 169.254.169.254, which is link-local. */
const METADATA = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'])

/** The ranges of ipaddr.js, which has them from the IANA registries; what is not here is special. */
const KIND_OF_RANGE: Readonly<Record<string, AddressKind>> = {
  unicast: 'public',
  loopback: 'loopback',
  // Connects to this machine, on Linux at least.
  unspecified: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  carrierGradeNat: 'private',
  linkLocal: 'link_local'
}

/** The address that a text is, or null. Zones such as "%eth0" say nothing here and are dropped. */
export function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(bare) ? ipaddr.parse(bare) : null
}

/** The kind of an address; one that carries another address in it is of the kind of that one. */
export function kindOf(address: Address): AddressKind {
  const inner = embedded(address)
  if (inner !== null) return kindOf(inner)
  if (METADATA.has(address.toString())) return 'metadata'
  return KIND_OF_RANGE[address.range()] ?? 'special'
}

/** The address that is meant: without a mapping into another family around it. */
export function unwrapped(address: Address): Address {
  const inner = embedded(address)
  return inner === null ? address : unwrapped(inner)
}

/** Whether what listens at this name or address can be reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || parseAddress(host)?.range() === 'loopback'
}

/**
 * The IPv4 address that a gateway, or the system itself, would take this one for: mapped and
 * compatible (RFC 4291 §2.5.5), translated (RFC 2765), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056).
 */
function embedded(address: Address): Address | null {
  if (!(address instanceof ipaddr.IPv6)) return null
  const bytes = address.toByteArray()
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
    case 'rfc6052':
      return new ipaddr.IPv4(bytes.slice(12))
    case '6to4':
      return new ipaddr.IPv4(bytes.slice(2, 6))
    // Compatible ones, as URLs write them: ipaddr.js knows "::127.0.0.1", but not "::7f00:1".
    case 'unicast':
      return bytes.slice(0, 12).some((byte) => byte !== 0) ? null : new ipaddr.IPv4(bytes.slice(12))
    default:
      return null
  }
}
