import type { Run } from '../../../../client.ts'
import { counted } from '../../format/counted.ts'
import { formatTook } from '../../format/took.ts'
import { Message } from './message.tsx'

/** What an attempt was answered. */
export function Response(props: { response: NonNullable<Run['attempts'][number]['response']> }) {
  const {
    status,
    headers,
    headers_ms: ms,
    omitted_headers: omitted,
    body,
    truncated
  } = props.response
  return (
    <details>
      <summary>
        Response: HTTP {status} after {formatTook(ms)}
      </summary>
      <Message
        kind="Response"
        first={`HTTP ${status}`}
        headers={headers}
        body={body}
        isCut={truncated}
      />
      {omitted > 0 && <p class="hint">{counted(omitted, 'header')} not kept.</p>}
    </details>
  )
}
