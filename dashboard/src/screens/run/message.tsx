import { Code } from '../../parts/code.tsx'

interface MessageProps {
  /** Whether it was sent or came back. */
  kind: 'Request' | 'Response'
  /** Its first line. */
  first: string
  headers: Readonly<Record<string, string>>
  body: string | null
  /** Whether there was more of the body. */
  isCut: boolean
}

/** What went over the wire, all of it as text. */
export function Message({ kind, first, headers, body, isCut }: MessageProps) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return (
    <>
      <Code label={`${kind} headers`} text={[first, ...lines].join('\n')} />
      {body && <Code label={`${kind} body`} text={body} />}
      {isCut && (
        <p class="hint">
          {body ? 'There is more of it.' : `${kind} body not kept: later ones took its room.`}
        </p>
      )}
    </>
  )
}
