import { Type, type TSchema, type TUnsafe } from '@sinclair/typebox'

/** A closed set of words as a schema, shown as a JSON Schema `enum` would be: one constant each. */
export function words<const Words extends readonly string[]>(
  set: Words,
  options: object = {}
): TUnsafe<Words[number]> {
  return Type.Unsafe<Words[number]>(
    Type.Union(
      set.map((word) => Type.Literal(word)),
      options
    )
  )
}

/** The schema, or null for "there is none". */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

const hidden = Symbol('hidden')

/** What a schema has whose values must not be shown, in no sentence about a fault either. */
export const HIDDEN: object = { [hidden]: true }

export function isHidden(schema: TSchema): boolean {
  return Object.hasOwn(schema, hidden)
}

/**
 * One line of text: control characters (C0, DEL, C1) would break lines of logs and tables, and some
 * databases cut or refuse a text at NUL. Half of a surrogate pair is no character (Unicode D75): in a
 * column, it would become another one, and two texts the same.
 */
export const ONE_LINE = {
  pattern: String.raw`^(?:[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$`
}
