import { refuse } from '../errors.ts'
import { isShownSecret } from './shown-secret.ts'

/** Standard Webhooks 1.0.0, "Signature scheme": the prefix, and 24 to 64 bytes as base64. */
const PREFIX = 'whsec_'
const MIN_BYTES = 24
const MAX_BYTES = 64

const POINTER = '/target/secret'

/**
 * Whether signing secrets can be used, or stand for those that are kept.
 * @throws CarillonError `validation_failed`, which shows none of them
 */
export function checkSigningSecrets(secrets: readonly string[]): void {
  const given = secrets.filter((secret) => !isShownSecret(secret))
  if (given.some((secret) => signingKey(secret) === null)) {
    throw refuse(
      POINTER,
      `"target.secret" must be "${PREFIX}" and ${MIN_BYTES} to ${MAX_BYTES} bytes as base64; make one with "echo ${PREFIX}$(openssl rand -base64 32)".`
    )
  }
  if (new Set(given).size < given.length) {
    throw refuse(POINTER, '"target.secret" has the same secret twice; leave one out.')
  }
}

/** The bytes that a signing secret stands for; null where it is none. */
export function signingKey(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null
  const text = secret.slice(PREFIX.length)
  const bytes = Buffer.from(text, 'base64')
  const isBase64 = bytes.toString('base64') === text
  return isBase64 && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? bytes : null
}
