import { STATUS_CODES } from 'node:http'
import { answerHeaders, requestHeaders } from './headers.ts'
import { OPERATIONS } from './operations.ts'
import { moveSharedSchemas } from './shared-schemas.ts'

/** Where a route says which operation it is. */
export const OPERATION = 'x-operation'

/** What of a document is looked at here; the rest is passed on as it is. */
export interface RawDocument {
  paths: Record<string, Record<string, RawOperation>>
  components?: object
}

interface RawOperation {
  [OPERATION]?: string
  operationId?: string
  parameters?: RawParameter[]
  requestBody?: { required?: boolean; content: Record<string, unknown> }
  responses: Record<string, RawResponse>
}

interface RawParameter {
  required?: boolean
  schema?: { default?: unknown }
}

interface RawResponse {
  description?: string
  headers?: object
  content?: Record<string, { schema: unknown }>
}

const JSON_TYPE = 'application/json'
const OPTIONAL_BODIES = new Set(['pause_job', 'resume_job', 'run_job'])
const NO_CONTENT = new Set([204, 304])
const TEXTS: Readonly<Record<string, string>> = {
  metrics: 'text/plain',
  follow_events: 'text/event-stream'
}
const PROBLEM = { $ref: '#/components/schemas/Problem' }

/**
 * Says in a document what the schemas of routes cannot: headers, media types, what may be left out.
 * Schemas with a name are moved to where they are said once.
 */
export function finishDocument(raw: RawDocument, prefix: string): RawDocument {
  const { document, schemas } = moveSharedSchemas(raw)
  const { paths, components, ...others } = document
  return {
    ...others,
    components: { ...components, schemas },
    paths: Object.fromEntries(
      Object.entries(paths)
        .map(([path, operations]) => [shortPath(path, prefix), finishPath(operations)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
    )
  }
}

/** From the description, which is in the folder that the API has. */
function shortPath(path: string, prefix: string): string {
  return path.slice(prefix.length).replace(/(?<=.)\/$/, '')
}

function finishPath(operations: Record<string, RawOperation>): Record<string, RawOperation> {
  return Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [
      method,
      finishOperation(operation, method)
    ])
  )
}

function finishOperation(operation: RawOperation, method: string): RawOperation {
  const { [OPERATION]: operationId = '', ...described } = operation
  const { parameters = [], requestBody, responses, ...others } = described
  const { tag, summary, open = false } = OPERATIONS[operationId] ?? {}
  const all = [...parameters.map(finishParameter), ...requestHeaders(operationId, method)]
  return {
    operationId,
    ...others,
    ...(tag !== undefined && { tags: [tag], summary }),
    ...(open && { security: [] }),
    ...(all.length > 0 && { parameters: all }),
    ...(requestBody && { requestBody: finishBody(requestBody, operationId) }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => {
        const place = { operation: operationId, method, status: Number(status) }
        return [status, finishResponse(response, place)]
      })
    )
  }
}

/** What has a default may be left out. */
function finishParameter(parameter: RawParameter): RawParameter {
  return parameter.schema?.default === undefined ? parameter : { ...parameter, required: false }
}

function finishBody(
  body: NonNullable<RawOperation['requestBody']>,
  operation: string
): NonNullable<RawOperation['requestBody']> {
  const json = body.content[JSON_TYPE]
  const content =
    operation === 'update_job'
      ? { [JSON_TYPE]: json, 'application/merge-patch+json': json }
      : { [JSON_TYPE]: json }
  return { ...body, required: !OPTIONAL_BODIES.has(operation), content }
}

function finishResponse(
  response: RawResponse,
  place: { operation: string; method: string; status: number }
): RawResponse {
  const { operation, status } = place
  const headers = answerHeaders(place)
  const described = {
    description: STATUS_CODES[status] ?? String(status),
    ...(Object.keys(headers).length > 0 && { headers })
  }
  const schema = response.content?.[JSON_TYPE]?.schema
  if (NO_CONTENT.has(status) || schema === undefined) return described
  const isProblem = JSON.stringify(schema) === JSON.stringify(PROBLEM)
  const text = status === 200 ? TEXTS[operation] : undefined
  const type = isProblem ? 'application/problem+json' : (text ?? JSON_TYPE)
  return { ...described, content: { [type]: { schema } } }
}
