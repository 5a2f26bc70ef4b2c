import { KindGuard, type TSchema } from '@sinclair/typebox'
import type { FastifyValidationResult } from 'fastify/types/schema.js'
import fp from 'fastify-plugin'
import { CarillonError, type Fault } from '../src/domain/errors.ts'
import { fromText } from '../src/domain/from-text.ts'
import { parseJsonBody } from '../src/domain/json-body.ts'
import { compileFaults } from '../src/domain/validation.ts'

/** The most that is read of a body. */
export const MAX_BODY_BYTES = 256 * 1024

const PARTS: Readonly<Record<string, Fault['in']>> = {
  body: 'body',
  querystring: 'query',
  params: 'params',
  headers: 'headers'
}

/** Turns the texts of a URL into what they stand for: unlike those of a body, they have no type. */
function createConverter(schema: TSchema): (sent: object) => Record<string, unknown> {
  const properties: Record<string, TSchema> = schema['properties'] ?? {}
  const defaults = Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      'default' in property ? [[name, property['default']] as const] : []
    )
  )
  return (sent) => {
    // Without a prototype, "__proto__" is a name like any other, and is refused like one.
    const value: Record<string, unknown> = Object.assign(Object.create(null), defaults)
    for (const [name, text] of Object.entries(sent)) value[name] = fromText(properties[name], text)
    return value
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

interface SchemaPart {
  schema: unknown
  httpPart?: string | undefined
}

/** Compiles a schema into the check of one part of a request. */
export function compileValidator({
  schema,
  httpPart = 'body'
}: SchemaPart): FastifyValidationResult {
  if (!KindGuard.IsSchema(schema)) throw new Error('The schema of a route is not of TypeBox.')
  const findFaults = compileFaults(schema, PARTS[httpPart] ?? 'body')
  const convert = httpPart === 'body' ? null : createConverter(schema)
  return (sent: unknown) => {
    const value = convert !== null && isObject(sent) ? convert(sent) : sent
    const faults = findFaults(value)
    const [first] = faults
    if (first === undefined) return { value }
    return { error: new CarillonError('validation_failed', first.detail, { faults }) }
  }
}

/**
 * The same for routes whose body the scheduler checks itself: what it says of a fault is more than
 * the schema can.
 */
export function compileAllButBody(part: SchemaPart): FastifyValidationResult {
  return part.httpPart === 'body' ? (value: unknown) => ({ value }) : compileValidator(part)
}

/**
 * Our own validation and parsing, whatever a host application uses: bodies are taken as they are
 * sent, unknown fields are refused by name, only what comes in the URL is converted.
 */
export default fp(
  async (app) => {
    app.setValidatorCompiler(compileValidator)
    app.setSerializerCompiler(() => JSON.stringify)
    app.setReplySerializer((payload) => JSON.stringify(payload))

    app.removeAllContentTypeParsers()
    app.addContentTypeParser<Buffer>(
      ['application/json', 'application/merge-patch+json'],
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      async (_request: unknown, body: Buffer) =>
        body.length === 0 ? undefined : parseJsonBody(body)
    )
  },
  { name: 'carillon-validation' }
)
