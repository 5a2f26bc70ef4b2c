import type { Run } from '../../../../client.ts'
import { now } from '../../format/clock.ts'
import { formatTook } from '../../format/took.ts'

/** `[from, to)` in epoch milliseconds; what is between these is waiting. */
interface Part {
  from: number
  to: number
  outcome: string
}

/** From the instant that a run was due to its end: when it waited, when it was tried, and for how long. */
export function Timeline({ run }: { run: Run }) {
  const parts = run.attempts.map(({ started_at: from, finished_at: to, outcome }): Part => ({
    from: Date.parse(from),
    to: to === null ? Math.max(now.value, Date.parse(from)) : Date.parse(to),
    outcome: outcome ?? 'running'
  }))
  const [first] = parts
  const last = parts.at(-1)
  if (first === undefined || last === undefined) return null
  // A backfill is due when it is asked for.
  const due = Date.parse(run.cause === 'backfill' ? run.queued_at : run.scheduled_for)
  const begin = Math.min(due, first.from)
  const whole = Math.max(1, last.to - begin)
  const share = (ms: number): number => (100 * ms) / whole
  const worked = parts.reduce((sum, part) => sum + part.to - part.from, 0)
  const between = last.to - first.from - worked
  return (
    <figure class="run-time">
      <svg width="100%" height="20" aria-hidden="true">
        <line class="axis" x1="0" x2="100%" y1="10" y2="10" />
        {parts.map(({ from, to, outcome }) => (
          <rect
            key={from}
            class={outcome}
            x={`${Math.min(99.4, share(from - begin))}%`}
            y="2"
            width={`${Math.max(0.6, share(to - from))}%`}
            height="16"
          />
        ))}
      </svg>
      <figcaption class="hint">
        Waited {formatTook(first.from - begin)} from when it was due, then ran for{' '}
        {formatTook(worked)}
        {parts.length > 1 &&
          ` in ${parts.length} attempts with ${formatTook(between)} between them`}
      </figcaption>
    </figure>
  )
}
