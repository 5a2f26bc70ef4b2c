import { useEffect, useRef, useState } from 'preact/hooks'
import type { CoreClient } from '../../../src/client/core-client.ts'
import { serverNow } from '../format/clock.ts'
import { errorOf } from '../format/error.ts'
import { service } from '../service.ts'

/** Something that the service is asked for. */
export interface Loaded<Value> {
  /** The last that was got; stays while it is asked for anew, and when that fails. */
  value: Value | null
  /** What went wrong the last time; null when it went well. */
  error: Error | null
  isLoading: boolean
  /** When the value came, in epoch milliseconds of the server's time. */
  loadedAt: number | null
  reload(): void
}

type State<Value> = Omit<Loaded<Value>, 'reload'>

/**
 * Asks the service when a screen is shown, when `key` changes (then what is there is forgotten), and
 * when it is told to; an answer that has been overtaken counts no more, and what `asking` asks is
 * given up then.
 */
export function useLoaded<Value>(
  key: string,
  load: (asking: CoreClient) => Promise<Value>
): Loaded<Value> {
  const [state, setState] = useState<State<Value>>(START)
  const [turn, setTurn] = useState(0)
  const shownKey = useRef(key)
  useEffect(() => {
    const controller = new AbortController()
    const isOther = shownKey.current !== key
    shownKey.current = key
    setState((before) => (isOther ? START : { ...before, isLoading: true }))
    const ask = async (): Promise<void> => {
      try {
        const value = await load(service.with({ signal: controller.signal }))
        if (controller.signal.aborted) return
        setState({ value, error: null, isLoading: false, loadedAt: serverNow() })
      } catch (cause) {
        if (controller.signal.aborted) return
        setState((before) => ({ ...before, error: errorOf(cause), isLoading: false }))
      }
    }
    void ask()
    return () => controller.abort()
  }, [key, turn])
  return { ...state, reload: () => setTurn((before) => before + 1) }
}

const START = { value: null, error: null, isLoading: true, loadedAt: null }
