import type { ComponentChildren } from 'preact'
import { signal } from '../signal/signal.ts'

interface Notice {
  id: number
  content: ComponentChildren
  isFailure: boolean
}

const notices = signal<readonly Notice[]>([])
const SHOWN_MS = 8_000
let lastId = 0

/** Says what became of an action, for a few seconds; what failed stays until it is closed. */
export function notify(content: ComponentChildren, isFailure = false): void {
  const id = ++lastId
  notices.value = [...notices.value, { id, content, isFailure }]
  if (!isFailure) setTimeout(() => dismiss(id), SHOWN_MS)
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}

/** Closes all of them. */
export function dismissAll(): void {
  notices.value = []
}

/** The place where they are said; screen readers read them out. */
export function Notices() {
  return (
    <div class="notices" role="status">
      {notices.value.map(({ id, content, isFailure }) => (
        <div key={id} class={isFailure ? 'notice failure' : 'notice'}>
          <span>{content}</span>
          <button type="button" aria-label="Close" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
