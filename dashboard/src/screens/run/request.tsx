import { useState } from 'preact/hooks'
import type { Run, SentRequest } from '../../../../client.ts'
import { quoted } from '../../format/quoted.ts'
import { Code, copy } from '../../parts/code.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { service } from '../../service.ts'
import { headersText } from './headers-text.ts'

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
  const sent = useLoaded(`${run.id} ${attempt}`, (signal) =>
    service.with({ signal }).getRunRequest(run.id, { attempt })
  )
  return (
    <Shown of={sent}>
      {(request) => (
        <>
          <Code
            label="Request headers"
            text={headersText(`${request.method} ${request.url}`, request.headers)}
          />
          {request.body !== null && <Code label="Request body" text={request.body} />}
          {request.omitted_bytes > 0 && <p class="hint">The beginning; there is more of it.</p>}
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
