type JsonObject = Record<string, unknown>

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Applies a JSON merge patch (RFC 7396): objects merge, `null` removes, everything else replaces.
 * Fields named in `opaque` are values of their own and are replaced whole, null included.
 */
export function mergePatch(
  target: JsonObject,
  patch: JsonObject,
  opaque: ReadonlySet<string>
): JsonObject {
  const merged = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    const old = merged[key]
    if (opaque.has(key)) merged[key] = value
    else if (value === null) delete merged[key]
    else if (isObject(value)) merged[key] = mergePatch(isObject(old) ? old : {}, value, opaque)
    else merged[key] = value
  }
  return merged
}
