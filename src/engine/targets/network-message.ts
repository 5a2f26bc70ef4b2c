import { MAX_RESPONSE_HEADER_BYTES } from './http-connections.ts'

const MAX_DETAIL_LENGTH = 200
const NOT_HTTP = 'answered with something that is not HTTP'

/** What the codes of Node, OpenSSL and undici mean, said of the origin. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection while the request was sent',
  ENOTFOUND: 'could not be found: no address is known for the host name',
  EAI_AGAIN: 'could not be found: the name server did not answer',
  ETIMEDOUT: 'did not accept a connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  UND_ERR_SOCKET: 'closed the connection before the response was complete',
  HTTPParserError: NOT_HTTP,
  UND_ERR_HEADERS_OVERFLOW: `sent more than ${MAX_RESPONSE_HEADER_BYTES} bytes of response headers`,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent a body of another length than it announced',
  CERT_HAS_EXPIRED: 'has a TLS certificate that expired',
  CERT_NOT_YET_VALID: 'has a TLS certificate that is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed TLS certificate, which is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a TLS certificate from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a TLS certificate from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a TLS certificate whose issuer could not be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another host name'
}

/** A sentence that names the origin and the code, for an exchange that came to no usable answer. */
export function networkMessage(origin: string, error: Error): string {
  const code = codeOf(error)
  return `${origin} ${meaningOf(code, error)} (${code}).`
}

function meaningOf(code: string, error: Error): string {
  const known = MEANINGS[code]
  if (known !== undefined) return known
  if (code.startsWith('HPE_')) return NOT_HTTP
  if (code.startsWith('ERR_SSL_')) return 'could not agree on a TLS connection'
  return `could not be called: ${error.message.slice(0, MAX_DETAIL_LENGTH)}`
}

/** Some errors of undici are told apart by their name alone. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
