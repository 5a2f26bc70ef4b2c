const KEY_BYTES = 32

const FORMS = [
  { encoding: 'hex', pattern: /^[\da-f]{64}$/i },
  { encoding: 'base64', pattern: /^[A-Za-z\d+/]{43}=?$/ },
  { encoding: 'base64url', pattern: /^[\w-]{43}=?$/ }
] as const

/** The 32 bytes of a key for AES-256, written as base64, base64url or hex; null for anything else. */
export function parseSecretKey(text: string): Buffer | null {
  const form = FORMS.find(({ pattern }) => pattern.test(text))
  if (form === undefined) return null
  const bytes = Buffer.from(text, form.encoding)
  return bytes.length === KEY_BYTES ? bytes : null
}

/** What is wrong with a key, as the end of a sentence, or null. The key itself is not shown. */
export function secretKeyFault(text: string): string | null {
  if (parseSecretKey(text) !== null) return null
  return `must be ${KEY_BYTES} bytes as base64, base64url or hex; make one with "openssl rand -base64 32"`
}
