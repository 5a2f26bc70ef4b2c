import { useEffect, useRef, useState } from 'preact/hooks'
import type { Run, RunLog } from '../../../../client.ts'
import { connection } from '../../live/connection.ts'
import { service } from '../../service.ts'

const EVERY_MS = 1_000
const LIMIT = 1_000
const NONE: RunLog = { lines: [], omitted: 0, cursor: null }

/** What the handler of a run logged; while it goes on, what is new is asked for again and again. */
export function useRunLog({ id, state, attempt }: Run): RunLog {
  const [log, setLog] = useState(NONE)
  const latest = useRef(log)
  useEffect(() => {
    const controller = new AbortController()
    const client = service.with({ signal: controller.signal })
    let timer: number | undefined
    const read = async (): Promise<void> => {
      const { lines, cursor } = latest.current
      const after = cursor === null ? {} : { after: cursor }
      const more = await client.listRunLogs(id, { limit: LIMIT, ...after }).catch(() => null)
      if (controller.signal.aborted) return
      if (more !== null && (more.lines.length > 0 || more.omitted > latest.current.omitted)) {
        latest.current = { ...more, lines: [...lines, ...more.lines].slice(-2 * LIMIT) }
        setLog(latest.current)
      }
      const isWhole = more !== null && more.lines.length < LIMIT
      if (state === 'running' || !isWhole) timer = window.setTimeout(look, EVERY_MS)
    }
    const look = (): void => {
      if (document.hidden || connection.value === 'paused')
        timer = window.setTimeout(look, EVERY_MS)
      else void read()
    }
    void read()
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [state, attempt])
  return log
}
