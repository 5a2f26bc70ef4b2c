import type { Run } from '../../../client.ts'
import { service } from '../service.ts'
import { ActionButton } from './action-button.tsx'

/** What can be done to a run in its state. */
export function RunActions({ run, reload }: { run: Run; reload: () => void }) {
  const { id, state } = run
  const cancel = async (): Promise<string> => {
    await service.cancelRun(id)
    reload()
    return 'It is being cancelled.'
  }
  const retry = async (): Promise<string> => {
    await service.retryRun(id)
    reload()
    return 'It gets one more attempt.'
  }
  return (
    <div class="row">
      {(state === 'pending' || state === 'running') && (
        <ActionButton scope="run" label={`Cancel run ${id}`} act={cancel}>
          Cancel
        </ActionButton>
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <ActionButton scope="run" label={`Retry run ${id}`} act={retry}>
          Retry
        </ActionButton>
      )}
    </div>
  )
}
