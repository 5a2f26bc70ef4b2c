export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function partsOf(pointer: string): string[] {
  return pointer.split('/').slice(1)
}

/** What stands at a JSON pointer (RFC 6901), of names without `~` and `/`; undefined where nothing does. */
export function valueAt(root: unknown, pointer: string): unknown {
  return partsOf(pointer).reduce<unknown>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    root
  )
}

/** The same with another value there; undefined takes it out. */
export function withValueAt(
  root: Readonly<Record<string, unknown>>,
  pointer: string,
  value: unknown
): Readonly<Record<string, unknown>> {
  return put(root, partsOf(pointer), value)
}

function put(
  root: unknown,
  [name = '', ...rest]: readonly string[],
  value: unknown
): Readonly<Record<string, unknown>> {
  const { [name]: before, ...others } = isObject(root) ? root : {}
  const after = rest.length === 0 ? value : put(before, rest, value)
  return after === undefined ? others : { ...others, [name]: after }
}
