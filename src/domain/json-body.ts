import { refuse } from './errors.ts'
import { shown } from './validation.ts'

const MAX_DEPTH = 32
/** Without such a number, none is rounded or too small. */
const UNSAFE_NUMBER = /\d{16}|e-\d{3}/i

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The value of a JSON text in UTF-8, as it was sent: what could not be given back unchanged is
 * refused.
 * @throws CarillonError `validation_failed`
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  const value = parse(text)
  check(value, [])
  // Only now: what calls itself for every level must not be given any number of them.
  if (UNSAFE_NUMBER.test(text)) JSON.parse(text, refuseChanged)
  return value
}

/** RFC 8259 §8.1. Bytes that are no character would be kept as a replacement for them all. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw refuse('', 'The body has bytes that are not UTF-8; encode it as UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // Without the piece of the body that follows: it may be a secret.
    const [reason = ''] = error.message.split(', ')
    throw refuse('', `The body is not JSON: ${reason}.`)
  }
}

/** RFC 8259 §6: integers beyond 2^53 are not the same everywhere; here they would be rounded. */
function refuseChanged(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? ''
  if (typeof value !== 'number' || isKept(value, source)) return value
  throw refuse(
    '',
    `The body holds the number ${shown(source)}, which would be rounded; send it as a string.`
  )
}

function isKept(value: number, source: string): boolean {
  if (value === 0) return !/^[^e]*[1-9]/i.test(source)
  return !/^-?\d+$/.test(source) || Number.isSafeInteger(value) || BigInt(source) === BigInt(value)
}

function check(value: unknown, path: readonly string[]): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw refuse(
      pointerTo(path),
      `"${path.join('.')}" is a number too large to be kept; send it as a string.`
    )
  }
  if (typeof value !== 'object' || value === null) return
  if (path.length === MAX_DEPTH) {
    throw refuse('', `The body is nested more than ${MAX_DEPTH} deep; flatten it.`)
  }
  for (const [key, inner] of Object.entries(value)) {
    // Code that copies objects key by key would change their prototype.
    if (key === '__proto__') {
      throw refuse(pointerTo([...path, key]), 'A field may not be named "__proto__"; rename it.')
    }
    check(inner, [...path, key])
  }
}

function pointerTo(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
