import type { ComponentChildren } from 'preact'
import type { JobState } from '../../../src/domain/job.ts'
import type { Run } from '../../../client.ts'
import type { RunState } from '../../../src/domain/run.ts'

/** Of a job, a run, or an attempt. */
type State = JobState | RunState | NonNullable<Run['attempts'][number]['outcome']>

const SIGNS: Readonly<Record<State, string>> = {
  enabled: '●',
  paused: '❚❚',
  finished: '■',
  pending: '◷',
  running: '▶',
  succeeded: '✓',
  failed: '✗',
  cancelled: '⊘',
  crashed: '✗',
  interrupted: '⊘',
  skipped: '↷',
  missed: '◌'
}

interface StateBadgeProps {
  state: State
  /** What is said in place of the word for it. */
  children?: ComponentChildren
}

/** A state by sign, word and colour: none of them alone says it. */
export function StateBadge({ state, children = state }: StateBadgeProps) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {children}
    </span>
  )
}
