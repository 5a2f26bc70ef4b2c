import type { TSchema } from '@sinclair/typebox'

const INTEGER = /^-?\d+$/
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false }

/**
 * What a text from a URL, an environment or a command line stands for where the schema wants a
 * number or a boolean. Only what is plainly one counts, and digits that a number would round do
 * not: "1e3", "1.9" and "true" are no integers, and stay texts for the schema to refuse.
 */
export function fromText(schema: TSchema | undefined, text: unknown): unknown {
  if (typeof text !== 'string') return text
  const type = typeOf(schema)
  if (type === 'integer' && INTEGER.test(text)) {
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : text
  }
  if (type === 'boolean') return BOOLEANS[text.toLowerCase()] ?? text
  return text
}

/** The type of a schema; of one that may also be null, the type that it has otherwise. */
function typeOf(schema: TSchema | undefined): unknown {
  const variants: readonly TSchema[] = schema?.['anyOf'] ?? []
  return schema?.['type'] ?? variants.find((variant) => variant['type'] !== 'null')?.['type']
}
