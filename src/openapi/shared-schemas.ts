/** JSON of any shape, as a document is made of. */
type Json = unknown

/** What a schema has in place of its `$id`, which would not survive. */
const NAME = 'x-schema'

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A copy of a schema in the words of OpenAPI: closed sets are one `enum`, and what has an `$id` is
 * marked for `moveSharedSchemas`.
 */
export function readableSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(readableSchema)
  if (!isObject(schema)) return schema
  const words = wordsOf(schema['anyOf'])
  const { anyOf: _variants, ...others } = schema
  const plain = words === null ? schema : { ...others, type: 'string', enum: words }
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) =>
      key === '$id' ? [NAME, value] : [key, key === 'enum' ? value : readableSchema(value)]
    )
  )
}

/** The words of a union of nothing but words. */
function wordsOf(variants: Json): string[] | null {
  if (!Array.isArray(variants)) return null
  const words = variants.map((variant) => (isObject(variant) ? variant['const'] : undefined))
  return words.length > 1 && words.every((word) => typeof word === 'string') ? words : null
}

/** Moves each schema that has a name to one place, and leaves references to it. */
export function moveSharedSchemas<Document extends object>(
  document: Document
): { document: Document; schemas: object } {
  const schemas: Record<string, Json> = {}
  const move = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(move)
    if (!isObject(value)) return value
    const { [NAME]: name, ...rest } = value
    const moved = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, move(part)]))
    if (typeof name !== 'string') return moved
    schemas[name] = moved
    return { $ref: `#/components/schemas/${name}` }
  }
  // Written and read again: what was moved is the document still, but for the references in it.
  const moved: Document = JSON.parse(JSON.stringify(move(document)))
  const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))
  return { document: moved, schemas: Object.fromEntries(sorted) }
}
