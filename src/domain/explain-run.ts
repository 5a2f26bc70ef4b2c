import { formatDuration } from './duration.ts'
import { SCHEDULING_PAUSED, type Run } from './run.ts'
import type { TargetType } from './target.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** An instant (epoch milliseconds) in words, in the zone of a job. */
export type Say = (at: number) => string

/** How to say it, and of what kind of target, where that is known. */
export interface Telling {
  say: Say
  target: TargetType | undefined
}

/** What became of a run or of an occurrence that was not run, as a sentence about `subject`. */
export function sayRun(run: Run, subject: string, { say, target }: Telling): string {
  switch (run.state) {
    case 'succeeded':
      return `${subject} ran as run ${run.id}${lateness(run)} and succeeded${duration(run)}.`
    case 'failed':
      return `${subject} ran as run ${run.id}${lateness(run)} and failed after ${times(run.attempt)}: ${cause(run)}`
    case 'cancelled':
      return `${subject} was to run as run ${run.id}, which was cancelled${cancelReason(run.reason)}.`
    case 'running':
      return `${subject} is running now, as run ${run.id}${since(run, say)}.`
    case 'pending':
      return `${subject} is recorded as run ${run.id}, which ${waiting(run, { say, target })}.`
    case 'skipped':
      return `${subject} was skipped, ${SKIPPED[run.reason ?? ''] ?? `because: ${run.reason}`}${range(run, say)}.`
    case 'missed':
      return `${subject} was missed: ${MISSED[run.reason ?? ''] ?? `${run.reason}`}${range(run, say)}.`
  }
}

const SKIPPED: Readonly<Record<string, string>> = {
  overlap: 'because another run of the job was in its way and its overlap policy allows only one',
  queue_full: 'because too many runs of the job were waiting already',
  excluded: 'because the job excludes this time',
  skip_next: 'because someone had asked to skip it'
}

const MISSED: Readonly<Record<string, string>> = {
  downtime: 'no scheduler could record it in time, and the job skips what it missed',
  coalesced: 'no scheduler could record it in time, and a later occurrence was run in its place',
  expired: 'when a scheduler could record it, it was too late to be run (misfire_window)'
}

const CANCELLED: Readonly<Record<string, string>> = {
  replaced: ' in favour of a newer run',
  job_deleted: ' because the job was deleted',
  abandoned: '; it did not stop when told to, and was given up'
}

const WAITING: Readonly<Record<string, string>> = {
  [SCHEDULING_PAUSED]: 'was asked for while scheduling was paused and waits for that to end',
  no_handler: 'waits for a process that has its handler',
  interrupted: 'was interrupted when its process stopped and waits to start again',
  rescued: 'was taken back from a process that died and waits to start again'
}

/** The same reason, but no handler is missing. */
const WAITS_FOR_LEAVE = 'waits for a process that may start programs, with CARILLON_ALLOW_COMMANDS'

/** A backfill is as late as it was asked for. */
function lateness(run: Run): string {
  const { lateness_ms: late } = run
  if (run.cause === 'backfill' || late === null || late < SECOND_MS) return ''
  return `, ${rounded(late)} late,`
}

function duration({ duration_ms: ms }: Run): string {
  return ms === null ? '' : ` after ${rounded(ms)}`
}

/** A duration as people say it: to the second from one second on, to the minute from one hour on. */
function rounded(ms: number): string {
  const unit = ms < SECOND_MS ? 1 : ms < HOUR_MS ? SECOND_MS : MINUTE_MS
  return formatDuration(Math.round(ms / unit) * unit)
}

function times(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`
}

function cause({ error, reason }: Run): string {
  const text = error?.message ?? reason ?? 'no reason was recorded'
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function cancelReason(reason: string | null): string {
  return reason === null ? ' by hand' : (CANCELLED[reason] ?? ` (${reason})`)
}

function since({ started_at: started }: Run, say: Say): string {
  return started === null ? '' : `, since ${say(Date.parse(started))}`
}

function waiting({ reason, available_at: available }: Run, { say, target }: Telling): string {
  if (reason === 'retry' && available !== null) {
    return `failed and is tried again at ${say(Date.parse(available))}`
  }
  if (reason === 'no_handler' && target === 'command') return WAITS_FOR_LEAVE
  const known = WAITING[reason ?? '']
  if (known !== undefined) return known
  if (available === null) return 'waits for another run of the job to end'
  return `may start from ${say(Date.parse(available))} on and waits for a free process`
}

function range({ from, to, count }: Run, say: Say): string {
  if (from === null || to === null) return ''
  return `; so it was with all ${count} occurrences from ${say(Date.parse(from))} to ${say(Date.parse(to))}`
}
