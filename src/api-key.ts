import { hash, timingSafeEqual } from 'node:crypto'

/** What a header can carry as it is: visible ASCII without spaces (RFC 9110, 5.5). */
const KEY = /^[\x21-\x7e]{32,512}$/

/**
 * What is wrong with a key, as the end of a sentence, or null. The key itself is not shown: the
 * sentence ends up in logs.
 */
export function apiKeyFault(key: string): string | null {
  if (KEY.test(key)) return null
  return 'must be 32 to 512 visible ASCII characters without spaces; make one with "openssl rand -base64 32"'
}

/** Whether the `Authorization` header of a request carries the key. */
export type KeyCheck = (authorization: string | undefined) => boolean

/**
 * Builds the check for one key. Digests are compared, in constant time: neither how much of a key
 * is right nor how long the right one is can be learned from how long the answer takes.
 */
export function createKeyCheck(key: string): KeyCheck {
  const expected = digest(key)
  return (authorization) => timingSafeEqual(digest(keyIn(authorization)), expected)
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/**
 * The key as a Bearer token (RFC 6750) or as the password of Basic authentication (RFC 7617), of
 * whatever user; empty, which no key is, where there is neither.
 */
function keyIn(authorization = ''): string {
  const space = authorization.indexOf(' ')
  const scheme = authorization.slice(0, Math.max(space, 0)).toLowerCase()
  const credentials = authorization.slice(space + 1).trim()
  if (scheme === 'bearer') return credentials
  if (scheme !== 'basic') return ''
  const pair = Buffer.from(credentials, 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 ? '' : pair.slice(colon + 1)
}
