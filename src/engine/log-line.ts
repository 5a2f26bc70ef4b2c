import { messageOf } from '../domain/errors.ts'
import { isSecretField } from '../domain/secrets/redact.ts'
import type { StoredLine } from '../store/run-log-codec.ts'

const MAX_MESSAGE_LENGTH = 2_000
const MAX_FIELDS_LENGTH = 4_096

/**
 * A line as JSON: what was given to a logger, as it is now, without what is secret. Loggers take a text
 * alone, too, or an error.
 */
export function encodeLine(
  line: Pick<StoredLine, 'line' | 'at' | 'level'>,
  [first, second]: readonly unknown[]
): string {
  const isText = typeof first === 'string'
  const said = isText ? first : (second ?? (first instanceof Error ? first : ''))
  const message = messageOf(said).slice(0, MAX_MESSAGE_LENGTH)
  const fields = isText ? 'null' : encodeFields(first instanceof Error ? { err: first } : first)
  return `${JSON.stringify({ ...line, message }).slice(0, -1)},"fields":${fields}}`
}

/** What JSON cannot hold, or no room can, is said to be left out. */
function encodeFields(fields: unknown): string {
  try {
    const json = JSON.stringify(fields, shown) ?? 'null'
    if (json.length > MAX_FIELDS_LENGTH) return `{"omitted_characters":${json.length}}`
    return json === '{}' ? 'null' : json
  } catch {
    return '{"note":"What was logged is no JSON."}'
  }
}

function shown(name: string, value: unknown): unknown {
  if (isSecretField(name)) return '***'
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  const { name: type, message, stack, cause } = value
  return { type, message, stack, ...(cause !== undefined && { cause }) }
}
