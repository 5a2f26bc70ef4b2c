/** Values that are never the same twice: only their type is compared. */
const VOLATILE = new Set(['id', 'request_id', 'replica', 'lateness_ms', 'duration_ms'])
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * Where an answer differs from the documented one: everything documented must be there, with the
 * same value; instants and ids may be others. What is left out of the documentation is not compared.
 */
export function differences(documented: unknown, real: unknown, at = ''): string[] {
  if (Array.isArray(documented)) {
    if (!Array.isArray(real)) return [`${at} is no array`]
    return documented.flatMap((item, index) => differences(item, real[index], `${at}/${index}`))
  }
  if (isObject(documented)) {
    if (!isObject(real)) return [`${at} is no object`]
    return Object.entries(documented).flatMap(([key, value]) =>
      VOLATILE.has(key)
        ? typesDiffer(value, real[key], `${at}/${key}`)
        : differences(value, real[key], `${at}/${key}`)
    )
  }
  if (isInstant(documented) && isInstant(real)) return []
  return documented === real
    ? []
    : [`${at} is ${JSON.stringify(real)}, documented as ${JSON.stringify(documented)}`]
}

function typesDiffer(documented: unknown, real: unknown, at: string): string[] {
  return typeof documented === typeof real ? [] : [`${at} is a ${typeof real}`]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && INSTANT.test(value)
}
