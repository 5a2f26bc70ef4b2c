/** Fields that hold secrets, wherever they are in a line of the log. */
const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'secret'])
/** Whether the value of a field of a line of the log is a secret. */
export function isSecretField(name: string): boolean {
  return SECRET.has(name.toLowerCase())
}

/** As deep as what is logged can be: params are not nested deeper. */
const MAX_DEPTH = 40

/**
 * The fields of a line of the log without what is secret in them, at any depth; the very same object
 * where nothing is. Objects of classes, such as errors, are left to whoever serializes them.
 */
export function redacted(fields: Record<string, unknown>): Record<string, unknown> {
  return redactedObject(fields, 0)
}

function redactedObject(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | null = null
  for (const key of Object.keys(object)) {
    const value = object[key]
    const shown = isSecretField(key) ? '***' : redactedValue(value, depth)
    if (shown === value) continue
    copy ??= { ...object }
    copy[key] = shown
  }
  return copy ?? object
}

function redactedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return value
  if (!Array.isArray(value)) return isPlain(value) ? redactedObject(value, depth + 1) : value
  const shown = value.map((item) => redactedValue(item, depth + 1))
  return shown.some((item, index) => item !== value[index]) ? shown : value
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
