import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import fp from 'fastify-plugin'
import { CarillonError, type Fault } from '../src/domain/errors.ts'
import { compileFaults } from '../src/domain/validation.ts'

const MAX_BODY_BYTES = 256 * 1024
const MAX_DEPTH = 32

const PARTS: Readonly<Record<string, Fault['in']>> = {
  body: 'body',
  querystring: 'query',
  params: 'params',
  headers: 'headers'
}

/** Objects and arrays inside each other, counted only as far as it matters. */
function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === MAX_DEPTH) return true
  return Object.values(value).some((inner) => isTooDeep(inner, depth + 1))
}

/**
 * Our own validation and parsing, whatever a host application uses: bodies are taken as they are
 * sent, unknown fields are refused by name, only what comes in the URL is converted.
 */
export default fp(
  async (app) => {
    app.setValidatorCompiler<TSchema>(({ schema, httpPart = 'body' }) => {
      const findFaults = compileFaults(schema, PARTS[httpPart] ?? 'body')
      const convert = httpPart !== 'body'
      return (sent: unknown) => {
        const value = convert ? Value.Convert(schema, Value.Default(schema, sent)) : sent
        const faults = findFaults(value)
        const [first] = faults
        if (first === undefined) return { value }
        return { error: new CarillonError('validation_failed', first.detail, { faults }) }
      }
    })
    app.setSerializerCompiler(() => JSON.stringify)

    const parse = app.getDefaultJsonParser('error', 'error')
    app.removeAllContentTypeParsers()
    app.addContentTypeParser<string>(
      ['application/json', 'application/merge-patch+json'],
      { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
      (request, body, done) => {
        if (body === '') return done(null, undefined)
        void parse(request, body, (error, value: unknown) => {
          if (error !== null)
            return done(app.httpErrors.badRequest(`The body is not JSON: ${error.message}`))
          if (isTooDeep(value)) {
            return done(
              app.httpErrors.badRequest(
                `The body is nested more than ${MAX_DEPTH} deep; flatten it.`
              )
            )
          }
          done(null, value)
        })
      }
    )
  },
  { name: 'carillon-validation', dependencies: ['@fastify/sensible'] }
)
