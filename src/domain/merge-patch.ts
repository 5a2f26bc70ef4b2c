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
  // A map, because assigning to a field named "__proto__" would set the prototype instead.
  const merged = new Map(Object.entries(target))
  for (const [key, value] of Object.entries(patch)) {
    const old = merged.get(key)
    if (opaque.has(key)) merged.set(key, value)
    else if (value === null) merged.delete(key)
    else if (isObject(value)) merged.set(key, mergePatch(isObject(old) ? old : {}, value, opaque))
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}
