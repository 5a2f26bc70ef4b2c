import { notify } from './notices.tsx'

/** Text as it is, with a button that copies it. */
export function Code({ label, text }: { label: string; text: string }) {
  return (
    <div class="code">
      <CopyButton text={() => text}>Copy</CopyButton>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  )
}

/** Puts a text into the clipboard. */
export function CopyButton({ text, children }: { text: () => string; children: string }) {
  return (
    <button type="button" onClick={({ currentTarget }) => void copy(text(), currentTarget)}>
      {children}
    </button>
  )
}

/**
 * Over plain HTTP there is no clipboard but by a selection (W3C Clipboard API, secure contexts), which
 * must be inside of the dialog, if there is one.
 */
export async function copy(text: string, beside: Element): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text)
  } else {
    const area = document.createElement('textarea')
    area.value = text
    beside.after(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
  notify('Copied.')
}
