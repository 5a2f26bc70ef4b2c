import { useEffect, useState } from 'preact/hooks'
import type { Preview, PreviewInput } from '../../../../src/domain/preview.ts'
import { service } from '../../service.ts'

/** Typing is over when nothing came for so long. */
const DEBOUNCE_MS = 200

interface Shown {
  preview: Preview | null
  error: Error | null
}

const NOTHING: Shown = { preview: null, error: null }

/**
 * What the service makes of a schedule, soon after it was typed; the one before stays until then.
 * Null asks nothing. An answer that has been overtaken counts no more.
 */
export function usePreview(asked: PreviewInput | null): Shown {
  const [shown, setShown] = useState(NOTHING)
  const key = JSON.stringify(asked)
  useEffect(() => {
    if (asked === null) return setShown(NOTHING)
    const controller = new AbortController()
    const { signal } = controller
    const ask = async (): Promise<void> => {
      try {
        const preview = await service.with({ signal }).preview(asked)
        if (!signal.aborted) setShown({ preview, error: null })
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause))
        if (!signal.aborted) setShown({ preview: null, error })
      }
    }
    const timer = setTimeout(() => void ask(), DEBOUNCE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [key])
  return shown
}
