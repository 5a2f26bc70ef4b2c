import { useEffect, useState } from 'preact/hooks'
import type { CoreClient } from '../../../src/client/core-client.ts'
import { errorOf } from '../format/error.ts'
import { service } from '../service.ts'

/** Typing is over when nothing came for so long. */
const DEBOUNCE_MS = 200

interface Answered<Answer> {
  answer: Answer | null
  error: Error | null
}

const NOTHING = { answer: null, error: null }

/**
 * What the service makes of what is typed, asked for soon after `key` changed; the answer before stays
 * until then. A key of null asks nothing. An answer that has been overtaken counts no more, and what
 * `asking` asks is given up then.
 */
export function useTyped<Answer>(
  key: string | null,
  ask: (asking: CoreClient) => Promise<Answer>
): Answered<Answer> {
  const [answered, setAnswered] = useState<Answered<Answer>>(NOTHING)
  useEffect(() => {
    if (key === null) return setAnswered(NOTHING)
    const controller = new AbortController()
    const { signal } = controller
    const askNow = async (): Promise<void> => {
      try {
        const answer = await ask(service.with({ signal }))
        if (!signal.aborted) setAnswered({ answer, error: null })
      } catch (cause) {
        if (!signal.aborted) setAnswered({ answer: null, error: errorOf(cause) })
      }
    }
    const timer = setTimeout(() => void askNow(), DEBOUNCE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [key])
  return answered
}
