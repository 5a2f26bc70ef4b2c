import { useRef, useState } from 'preact/hooks'
import type { JobInput } from '../../../../client.ts'
import { curlOf } from '../../format/curl.ts'
import { Code } from '../../parts/code.tsx'

interface AsTextProps {
  /** The job as it would be sent; null when it cannot be, which has been said then. */
  input: () => JobInput | null
  /** Which job it replaces; null for a new one. */
  id: number | null
}

/** The job as it would be sent: to be kept in a file, or sent by hand. */
export function AsText({ input, id }: AsTextProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [shown, setShown] = useState<JobInput | null>(null)
  const open = (): void => {
    const now = input()
    setShown(now)
    if (now !== null) dialog.current?.showModal()
  }
  return (
    <>
      <button type="button" onClick={open}>
        View as JSON / curl
      </button>
      <dialog ref={dialog} aria-label="As JSON and curl">
        <h2>JSON</h2>
        <Code label="JSON" text={JSON.stringify(shown, null, 2)} />
        <h2>curl</h2>
        <Code label="curl" text={curlOf(shown, id)} />
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  )
}
