import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Run } from '../../../../client.ts'
import { counted } from '../../format/counted.ts'
import { formatInstant } from '../../format/instant.ts'
import { zoneOf } from '../../preferences/zone.ts'
import { useRunLog } from './use-run-log.ts'

/** As near to the end as this, a reader looks at the end. */
const NEAR_PX = 16

/** As JSON, but for line breaks: stacks of errors have many. */
function textOf(fields: unknown): string {
  return JSON.stringify(fields).replaceAll(String.raw`\n`, '\n')
}

/** What the handler logged, line by line; it follows what is new until the reader scrolls up. */
export function Log({ run }: { run: Run }) {
  const { lines, omitted } = useRunLog(run)
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    const { current } = box
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight
  }, [lines])
  if (lines.length === 0) return null
  return (
    <>
      <h2>Log</h2>
      {omitted > 0 && <p class="hint">{counted(omitted, 'earlier line')} not kept.</p>}
      <div
        ref={box}
        class="log"
        role="region"
        aria-label="Log"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX
        }}
      >
        {lines.map(({ attempt, line, at, level, message, fields }) => (
          <p key={`${attempt} ${line}`} class={level}>
            <time dateTime={at}>{formatInstant(at, zoneOf(null)).slice(11, 19)}</time>{' '}
            <b>{level}</b> {message}
            {fields !== null && <span class="hint"> {textOf(fields)}</span>}
          </p>
        ))}
      </div>
    </>
  )
}
