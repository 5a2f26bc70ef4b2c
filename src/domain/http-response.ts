import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { firstBytes } from './first-bytes.ts'
import { nullable } from './schema.ts'
import { isSecretName, MASK, maskParameters } from './secrets/secret-names.ts'

/** What a run keeps of the answer to its last attempt. */
export const HttpResponse = Type.Object({
  status: Type.Integer(),
  content_type: nullable(Type.String()),
  headers: Type.Record(Type.String(), Type.String(), {
    description: 'At most 50 and 4 KiB, names in lower case; the values of secrets are `***`.'
  }),
  omitted_headers: Type.Integer({ description: 'Headers that there was no room for.' }),
  headers_ms: Type.Integer({ description: 'From sending the request to the headers.' }),
  body: Type.String({ description: 'At most 64 KiB.' }),
  truncated: Type.Boolean({ description: 'There was more of the body than is here.' })
})
export type HttpResponse = Static<typeof HttpResponse>

/** What is kept of the answer to any attempt. */
export const AttemptResponse = Type.Object({
  ...HttpResponse.properties,
  body: Type.String({ description: 'At most 4 KiB.' }),
  omitted_bytes: Type.Integer({
    description: 'Bytes of the body that arrived and are not here; no more than 64 KiB are taken.'
  })
})
export type AttemptResponse = Static<typeof AttemptResponse>

const MAX_HEADERS = 50
const MAX_HEADER_BYTES = 4_096
/** Of the body of each attempt. */
const MAX_HEAD_LENGTH = 4_096
/** Of the answers to all attempts of a run together, but for the body of the last one. */
const MAX_TOTAL_LENGTH = 65_536

/** Headers by their names in lower case, as they came. */
export type GivenHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Of the headers of an answer those that there is room for, in order, what is secret hidden. */
export function keepHeaders(
  given: GivenHeaders
): Pick<HttpResponse, 'headers' | 'omitted_headers'> {
  const kept: [name: string, value: string][] = []
  let bytes = 0
  let omitted = 0
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const text = typeof value === 'string' ? value : value.join(', ')
    const shown = isSecretName(name) ? MASK : maskParameters(text)
    const size = name.length + shown.length
    if (kept.length === MAX_HEADERS || bytes + size > MAX_HEADER_BYTES) {
      omitted++
      continue
    }
    bytes += size
    kept.push([name, shown])
  }
  return { headers: Object.fromEntries(kept), omitted_headers: omitted }
}

/** What an attempt keeps of the answer that is its result; null when its result is none. */
export function attemptResponse(result: unknown): AttemptResponse | null {
  if (!Value.Check(HttpResponse, result)) return null
  return withBody(result, {
    head: firstBytes(result.body, MAX_HEAD_LENGTH),
    bytes: byteLength(result.body)
  })
}

/**
 * The same attempts, the answers to them together at most 64 KiB: of the oldest ones only the status is
 * left where there is no more room, and how much of them is not.
 */
export function boundResponses<Attempt extends { response: AttemptResponse | null }>(
  attempts: readonly Attempt[]
): Attempt[] {
  let room = MAX_TOTAL_LENGTH
  return attempts
    .toReversed()
    .map((attempt) => {
      const { response } = attempt
      if (response === null) return attempt
      room -= JSON.stringify(response).length
      return room >= 0 ? attempt : { ...attempt, response: bare(response) }
    })
    .toReversed()
}

function bare(response: AttemptResponse): AttemptResponse {
  const { headers, omitted_headers: omitted, omitted_bytes: beyond, body } = response
  const bytes = byteLength(body) + beyond
  const omittedHeaders = Object.keys(headers).length + omitted
  return withBody(
    { ...response, headers: {}, omitted_headers: omittedHeaders },
    { head: '', bytes }
  )
}

function withBody(
  response: HttpResponse,
  { head, bytes }: { head: string; bytes: number }
): AttemptResponse {
  const omitted = bytes - byteLength(head)
  return {
    ...response,
    body: head,
    truncated: response.truncated || omitted > 0,
    omitted_bytes: omitted
  }
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
