import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { runNow } from '../../parts/run-now.tsx'
import { service } from '../../service.ts'

/** What can be done to a job without opening it; a reason for a pause is asked for on its own screen. */
export function RowActions({ job, reload }: { job: Job; reload: () => void }) {
  const { id, name, state } = job
  const isPaused = state === 'paused'
  const toggle = async (): Promise<string> => {
    await (isPaused ? service.resume(id) : service.pause(id))
    reload()
    return isPaused ? `"${name}" goes on.` : `"${name}" is paused.`
  }
  const toggleWord = isPaused ? 'Resume' : 'Pause'
  return (
    <div class="row">
      <ActionButton label={`Run now ${name}`} shortcut="r" act={() => runNow(id)}>
        Run now
      </ActionButton>
      {state !== 'finished' && (
        <ActionButton label={`${toggleWord} ${name}`} shortcut="p" act={toggle}>
          {toggleWord}
        </ActionButton>
      )}
    </div>
  )
}
