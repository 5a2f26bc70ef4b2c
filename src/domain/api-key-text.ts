/** What a header can carry as it is: visible ASCII without spaces (RFC 9110, 5.5). */
const CONFIGURED = /^[\x21-\x7e]{32,512}$/

/** An id, and 32 bytes as base64url (RFC 4648, 5); that may have underscores of its own. */
const MADE = /^car_([1-9]\d{0,15})_([\w-]{43})$/

/**
 * What is wrong with a key of the configuration, as the end of a sentence, or null. The key itself is
 * not shown: the sentence ends up in logs.
 */
export function apiKeyFault(key: string): string | null {
  if (CONFIGURED.test(key)) return null
  return 'must be 32 to 512 visible ASCII characters without spaces; make one with "openssl rand -base64 32"'
}

/** The parts of a key that was made by this product: which it is, and what only its owner knows. */
export interface ApiKeyParts {
  id: number
  /** 43 characters. */
  secret: string
}

/** The key as its owner gets and sends it. */
export function formatApiKey({ id, secret }: ApiKeyParts): string {
  return `car_${id}_${secret}`
}

/** The parts of a text that has the form of a key, or null. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const [, digits = '', secret = ''] = MADE.exec(text) ?? []
  const id = Number(digits)
  return secret !== '' && Number.isSafeInteger(id) ? { id, secret } : null
}

/**
 * The key in a header `Authorization`: a Bearer token (RFC 6750), or the password of Basic
 * authentication (RFC 7617), of whatever user; empty, which no key is, where there is neither.
 */
export function keyIn(authorization = ''): string {
  const space = authorization.indexOf(' ')
  const scheme = authorization.slice(0, Math.max(space, 0)).toLowerCase()
  const credentials = authorization.slice(space + 1).trim()
  if (scheme === 'bearer') return credentials
  if (scheme !== 'basic') return ''
  const pair = Buffer.from(credentials, 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 ? '' : pair.slice(colon + 1)
}
