import type { JobState } from '../../../src/domain/job.ts'
import type { RunState } from '../../../src/domain/run.ts'

const SIGNS: Readonly<Record<JobState | RunState, string>> = {
  enabled: '●',
  paused: '❚❚',
  finished: '■',
  pending: '◷',
  running: '▶',
  succeeded: '✓',
  failed: '✗',
  cancelled: '⊘',
  skipped: '↷',
  missed: '◌'
}

/** A state by sign, word and colour: none of them alone says it. */
export function StateBadge({ state }: { state: JobState | RunState }) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {state}
    </span>
  )
}
