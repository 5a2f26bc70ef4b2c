import type { Run } from '../../../../client.ts'
import { now } from '../../format/clock.ts'
import { formatRelative } from '../../format/relative.ts'
import { formatTook } from '../../format/took.ts'

/** What became of a run, or how it goes on, behind its state: "after 3 attempts in 42 s: HTTP 503". */
export function Verdict({ run }: { run: Run }) {
  // Only what goes on is told anew each second.
  return <>{verdictOf(run, run.finished_at === null ? now.value : 0)}</>
}

function verdictOf(run: Run, at: number): string {
  const { state, attempt, attempts, reason, count, available_at: next } = run
  const [first] = attempts
  const why = reason === null ? '' : ` (${reason.replaceAll('_', ' ')})`
  if (first === undefined) return count > 1 ? `${why} ${count} occurrences` : why
  if (state === 'pending') {
    return `${why}: attempt ${attempt + 1}${next === null ? '' : ` ${formatRelative(Date.parse(next), at)}`}`
  }
  const nth = attempt === 1 ? '' : `, attempt ${attempt}`
  if (run.finished_at === null) return `${nth} for ${elapsed(run.started_at, at)}`
  const times = attempt === 1 ? '' : ` after ${attempt} attempts`
  const took = elapsed(first.started_at, Date.parse(run.finished_at))
  return `${times} in ${took}${causeOf(run) ?? why}`
}

function causeOf({ error, attempts }: Run): string | null {
  if (error === null) return null
  const status = error.code === 'http_status' ? attempts.at(-1)?.response?.status : undefined
  return `: ${status === undefined ? error.code.replaceAll('_', ' ') : `HTTP ${status}`}`
}

function elapsed(from: string | null, to: number): string {
  return from === null ? '' : formatTook(Math.max(0, to - Date.parse(from)))
}
