import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

interface Operation {
  operationId: string
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

export interface OpenapiDocument {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

/** An answer of the API, as it was sent. */
export interface SentAnswer {
  method: string
  /** As in the URL, without the prefix of a host application. */
  path: string
  status: number
  contentType: string | undefined
  body: string
}

const FILE = path.join(import.meta.dirname, '../../openapi.json')

/** The description of the API as it is published. */
export const document = JSON.parse(readFileSync(FILE, 'utf8')) as OpenapiDocument

/** Fields that a schema does not name are faults, so that forgotten ones show. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed)
  if (typeof part !== 'object' || part === null) return part
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]))
  const isOpen = !('properties' in part) || 'additionalProperties' in part
  return isOpen ? copy : { ...copy, additionalProperties: false }
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'api', ...(closed(document) as object) })

const validators = new Map<string, ValidateFunction>()

function validatorOf(pointer: string): ValidateFunction {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` })
  validators.set(pointer, known)
  return known
}

const templates = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
  // "/jobs/export" is that route, and not a job of that id.
  isFixed: !template.includes('{')
}))

/** The path of the document that a path belongs to. */
function templateOf(pathname: string): string | undefined {
  const fitting = templates.filter(({ pattern }) => pattern.test(pathname))
  return (fitting.find(({ isFixed }) => isFixed) ?? fitting[0])?.template
}

const escaped = (key: string): string =>
  encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))

/**
 * What of an answer is not as the description says, or null. What no route answers is not described:
 * there it must be a problem.
 */
export function openapiFault(answer: SentAnswer): string | null {
  const method = answer.method.toLowerCase()
  const template = templateOf(answer.path.split('?')[0] ?? '')
  const operation = template === undefined ? undefined : document.paths[template]?.[method]
  if (template === undefined || operation === undefined) return faultOf(answer, PROBLEM)
  const declared = operation.responses[String(answer.status)]
  if (declared === undefined) return `status ${answer.status} is not declared`
  const types = Object.keys(declared.content ?? {})
  const type = answer.contentType?.split(';')[0] ?? ''
  if (types.length === 0) return answer.body === '' ? null : 'there is a body, but none is declared'
  if (!types.includes(type)) return `it is ${type}, but ${types.join()} is declared`
  if (!type.includes('json')) return null
  const place = ['paths', template, method, 'responses', String(answer.status), 'content', type]
  return faultOf(answer, `/${[...place, 'schema'].map(escaped).join('/')}`)
}

const PROBLEM = '/components/schemas/Problem'

function faultOf({ body }: SentAnswer, pointer: string): string | null {
  const validate = validatorOf(pointer)
  if (validate(JSON.parse(body))) return null
  const [fault] = validate.errors ?? []
  return `${fault?.instancePath} ${fault?.message} ${JSON.stringify(fault?.params)}`
}
