import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler, ValueErrorType, type ValueError } from '@sinclair/typebox/compiler'
import { CarillonError, type Fault } from './errors.ts'
import { isHidden } from './schema.ts'
import { didYouMean } from './suggest.ts'

const MAX_FAULTS = 20
const MAX_SHOWN = 80

/** Fields whose values are not shown, wherever somebody puts them by mistake. */
const SECRET_FIELD = /headers|secret|authorization|cookie|password|token|api.?key/i
/** So are signing secrets (Standard Webhooks). */
const SIGNING_SECRET = /whsec_[\w+/=-]*/g

/** A value as it appears in a sentence: JSON, shortened, without what is likely to be a secret. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value, withoutSecrets) ?? String(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

function withoutSecrets(field: string, value: unknown): unknown {
  if (SECRET_FIELD.test(field)) return '***'
  return typeof value === 'string' ? value.replaceAll(SIGNING_SECRET, 'whsec_***') : value
}

/** Finds the faults of a value, or returns none: built once for a schema, called often. */
export type FaultFinder = (value: unknown) => Fault[]

/** Compiles a schema into what finds the faults of a value and says them in sentences. */
export function compileFaults(schema: TSchema, part: Fault['in']): FaultFinder {
  const compiled = TypeCompiler.Compile(schema)
  return (value) => {
    if (compiled.Check(value)) return []
    const faults: Fault[] = []
    const seen = new Set<string>()
    for (const error of flatten(compiled.Errors(value))) {
      if (seen.has(error.path)) continue
      seen.add(error.path)
      faults.push({ in: part, pointer: error.path, detail: sentence(error, schema) })
      if (faults.length === MAX_FAULTS) break
    }
    return faults
  }
}

/** The value as the schema's type. @throws CarillonError `validation_failed` with every fault. */
export function createParser<Schema extends TSchema>(schema: Schema, part: Fault['in']) {
  const findFaults = compileFaults(schema, part)
  return (value: unknown): Static<Schema> => {
    const faults = findFaults(value)
    const [first] = faults
    if (first === undefined) return value
    throw new CarillonError('validation_failed', first.detail, { faults })
  }
}

/** A fault inside a union is told for the variant that was meant, not for every one. */
function* flatten(errors: Iterable<ValueError>): Iterable<ValueError> {
  for (const error of errors) {
    const variant = error.type === ValueErrorType.Union ? meantVariant(error) : null
    if (variant === null) yield error
    else yield* flatten(variant)
  }
}

function meantVariant(error: ValueError): Iterable<ValueError> | null {
  const variants: readonly TSchema[] = error.schema['anyOf'] ?? []
  // Beside a word that stands for itself, such as "auto", nobody can tell which one was meant.
  if (variants.some((variant) => variant['const'] !== undefined)) return null
  const index = variants.findIndex((variant) => isMeant(variant, error.value))
  return index < 0 ? null : (error.errors[index] ?? null)
}

function isMeant(variant: TSchema, value: unknown): boolean {
  const properties: Record<string, TSchema> | undefined = variant['properties']
  if (variant['type'] === 'array') return Array.isArray(value)
  if (properties === undefined) {
    return value !== null && variant['type'] !== 'null' && variant['const'] === undefined
  }
  const tag: unknown = properties['type']?.['const']
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return tag === undefined || ('type' in value && value.type === tag)
}

function sentence(error: ValueError, root: TSchema): string {
  const field = fieldName(error.path)
  const { schema } = error
  const got = isHidden(schema) ? 'a value that is not shown' : shown(error.value)
  switch (error.type) {
    case ValueErrorType.ObjectAdditionalProperties:
      return `${field} is not a known field.${didYouMean(lastSegment(error.path), siblings(error, root))}`
    case ValueErrorType.ObjectRequiredProperty:
      return `${field} is missing; it is required.`
    case ValueErrorType.StringMinLength:
      return `${field} is ${got}, but must have at least ${schema['minLength']} characters.`
    case ValueErrorType.StringMaxLength:
      return `${field} is longer than ${schema['maxLength']} characters; shorten it.`
    case ValueErrorType.ArrayMinItems:
      return `${field} has too few items; give at least ${schema['minItems']}.`
    case ValueErrorType.ArrayMaxItems:
      return `${field} has more than ${schema['maxItems']} items; leave some out.`
    case ValueErrorType.ArrayUniqueItems:
      return `${field} is ${got}, but every item may be there only once.`
    case ValueErrorType.StringPattern:
      return `${field} is ${got}, which has ${unfitOf(error.value)}; remove it.`
    case ValueErrorType.IntegerMinimum:
    case ValueErrorType.IntegerMaximum:
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.NumberMaximum:
      return `${field} is ${got}, but must lie between ${schema['minimum']} and ${schema['maximum']}.`
    case ValueErrorType.Integer:
      return `${field} is ${got}, but must be ${integerOf(schema)}.`
    case ValueErrorType.Union:
      return `${field} is ${got}, but must be ${variantsOf(schema, error.value)}`
    default:
      return `${field} is ${got}, but must be ${article(String(schema['type'] ?? 'another value'))}.`
  }
}

/** What `ONE_LINE` refuses, the one pattern there is. */
function unfitOf(value: unknown): string {
  const isWhole = typeof value !== 'string' || value.isWellFormed()
  return isWhole ? 'a control character such as a line break' : 'half of a surrogate pair'
}

function variantsOf(schema: TSchema, value: unknown): string {
  const variants: readonly TSchema[] = schema['anyOf'] ?? []
  const constants = variants.map((variant) => variant['const'])
  if (constants.every((word) => typeof word === 'string')) {
    const hint = typeof value === 'string' ? didYouMean(value, constants) : ''
    return `one of ${constants.join(', ')}.${hint}`
  }
  const names = variants.map((variant) => {
    const tag: unknown = variant['properties']?.type?.const
    if (variant['const'] !== undefined) return shown(variant['const'])
    if (tag !== undefined) return `{"type": ${JSON.stringify(tag)}, …}`
    return article(String(variant['type']))
  })
  return `${names.join(' or ')}.`
}

function integerOf({ minimum, maximum }: TSchema): string {
  return minimum === undefined ? 'an integer' : `an integer from ${minimum} to ${maximum}`
}

function article(type: string): string {
  if (type === 'null') return 'null'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

function segments(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function lastSegment(path: string): string {
  return segments(path).at(-1) ?? ''
}

function fieldName(path: string): string {
  const name = segments(path).join('.')
  return name === ''
    ? 'The value'
    : `"${name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name}"`
}

function siblings(error: ValueError, root: TSchema): string[] {
  return Object.keys(error.schema['properties'] ?? root['properties'] ?? {})
}
