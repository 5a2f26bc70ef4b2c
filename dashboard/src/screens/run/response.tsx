import type { Run } from '../../../../client.ts'
import { counted } from '../../format/counted.ts'
import { formatTook } from '../../format/took.ts'
import { Code } from '../../parts/code.tsx'
import { headersText } from './headers-text.ts'

interface ResponseProps {
  response: NonNullable<Run['attempts'][number]['response']>
  /** All that is kept of the body, where it is more than the beginning. */
  whole: string | null
}

/** What an attempt was answered, all of it as text. */
export function Response({ response, whole }: ResponseProps) {
  const { status, headers, headers_ms: ms, omitted_headers: omitted } = response
  const body = whole ?? response.body
  return (
    <details>
      <summary>
        Response: HTTP {status} after {formatTook(ms)}
      </summary>
      <Code label="Response headers" text={headersText(`HTTP ${status}`, headers)} />
      {omitted > 0 && <p class="hint">{counted(omitted, 'header')} not kept.</p>}
      {body !== '' && <Code label="Response body" text={body} />}
      <p class="hint">{leftOut(response, body)}</p>
    </details>
  )
}

function leftOut(
  { omitted_bytes: omitted, truncated }: ResponseProps['response'],
  body: string
): string {
  if (body === '') {
    return truncated
      ? 'Response body not kept: those of later attempts took its room.'
      : 'The response had no body.'
  }
  if (!truncated) return ''
  return omitted === 0 ? 'There was more of it.' : 'The beginning; there was more of it.'
}
