import ipaddr from 'ipaddr.js'

/** Whether a text is an address or a network of them, such as `10.0.0.1` and `fd00::/8`. */
export function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/')
  return isAddress(address) && (text === address || ipaddr.isValidCIDR(text))
}

/** In the usual notation alone: "10" is an address, too, but nobody means it by that. */
function isAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) ||
    (/^[\da-f:.]+$/i.test(text) && ipaddr.IPv6.isValid(text))
  )
}
