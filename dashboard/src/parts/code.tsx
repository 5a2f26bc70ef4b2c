import { notify } from './notices.tsx'

/** Text as it is, with a button that copies it. */
export function Code({ label, text }: { label: string; text: string }) {
  return (
    <div class="code">
      <button type="button" onClick={() => void copy(text)}>
        Copy
      </button>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  )
}

/** Over plain HTTP there is no clipboard but by a selection (W3C Clipboard API, secure contexts). */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text)
  } else {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
  notify('Copied.')
}
