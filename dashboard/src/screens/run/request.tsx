import { useState } from 'preact/hooks'
import type { Run, SentRequest } from '../../../../client.ts'
import { quoted } from '../../format/quoted.ts'
import { copy } from '../../parts/code.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { Message } from './message.tsx'

interface RequestProps {
  run: Run
  attempt: number
}

/** What an attempt sends; asked for when it is opened. */
export function Request(props: RequestProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Request</summary>
      {isOpen && <Sent {...props} />}
    </details>
  )
}

function Sent({ run, attempt }: RequestProps) {
  const sent = useLoaded(`${run.id} ${attempt}`, (asking) =>
    asking.getRunRequest(run.id, { attempt })
  )
  return (
    <Shown of={sent}>
      {(request) => (
        <>
          <Message
            kind="Request"
            first={`${request.method} ${request.url}`}
            headers={request.headers}
            body={request.body}
            isCut={request.omitted_bytes > 0}
          />
          <button
            type="button"
            onClick={({ currentTarget }) => void copy(curlOf(request), currentTarget)}
          >
            Copy as curl
          </button>{' '}
          <span class="hint">*** stands for what is secret.</span>
        </>
      )}
    </Shown>
  )
}

/** Of a trace that is over. */
const LEFT_OUT = ['traceparent', 'tracestate']

function curlOf({ method, url, headers, body }: SentRequest): string {
  const given = Object.entries(headers).filter(([name]) => !LEFT_OUT.includes(name))
  return [
    `curl -X ${method} ${quoted(url)}`,
    ...given.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`])
  ].join(' \\\n  ')
}
