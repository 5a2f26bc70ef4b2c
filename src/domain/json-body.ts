import { refuse } from './errors.ts'
import { shown } from './validation.ts'

const MAX_DEPTH = 32
/** Fewer digits than this are never rounded. */
const LONG_NUMBER = /\d{16}/

/**
 * The value of a JSON text, as it was sent: what could not be given back unchanged is refused.
 * @throws CarillonError `validation_failed`
 */
export function parseJsonBody(text: string): unknown {
  const value = parse(text)
  check(value, [])
  return value
}

function parse(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, refuseRounded) : JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw refuse('', `The body is not JSON: ${error.message}.`)
  }
}

/** RFC 8259 §6: integers beyond 2^53 are not the same everywhere; here they would be rounded. */
function refuseRounded(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? ''
  if (typeof value !== 'number' || !/^-?\d+$/.test(source)) return value
  if (Number.isSafeInteger(value) || BigInt(source) === BigInt(value)) return value
  throw refuse(
    '',
    `The body holds the number ${shown(source)}, which would be rounded; send it as a string.`
  )
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
