import type { ComponentChildren } from 'preact'
import type { Job } from '../../../client.ts'
import { service } from '../service.ts'
import { ActionButton } from './action-button.tsx'
import { assume, stateOf } from './assumed.ts'

interface PauseButtonProps {
  job: Job
  reload: () => void
  /** What the button is called, after its word. */
  of?: string
  shortcut?: string
}

/** Pauses a job or lets it go on: shown at once, and taken back by a click where it is told. */
export function PauseButton({ job, reload, of = '', shortcut }: PauseButtonProps) {
  const state = stateOf(job)
  if (state === 'finished') return null
  const isPaused = state === 'paused'
  const word = isPaused ? 'Resume' : 'Pause'
  return (
    <ActionButton
      scope="write"
      label={`${word} ${of}`.trim()}
      shortcut={shortcut}
      act={() => turn({ job, reload }, isPaused ? 'enabled' : 'paused')}
    >
      {word}
    </ActionButton>
  )
}

async function turn(
  { job, reload }: Pick<PauseButtonProps, 'job' | 'reload'>,
  state: 'enabled' | 'paused'
): Promise<ComponentChildren> {
  const { id, name, pause_reason: reason, paused_until: until } = job
  const isPause = state === 'paused'
  assume(job, state)
  try {
    // Of a pause that is taken up again, what was said of it.
    await (isPause ? service.pause(id, { reason, until }) : service.resume(id))
  } catch (error) {
    assume(job, job.state)
    throw error
  }
  reload()
  return (
    <>
      {isPause ? `Paused "${name}".` : `"${name}" goes on.`}{' '}
      <ActionButton scope="write" act={() => turn({ job, reload }, isPause ? 'enabled' : 'paused')}>
        Undo
      </ActionButton>
    </>
  )
}
