import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { PauseButton } from '../../parts/pause-button.tsx'
import { runNow } from '../../parts/run-now.tsx'
import { RowMenu } from './row-menu.tsx'

/** What can be done to a job without opening it; a reason for a pause is asked for on its own screen. */
export function RowActions({ job, reload }: { job: Job; reload: () => void }) {
  const { id, name } = job
  return (
    <div class="row">
      <ActionButton scope="run" label={`Run now ${name}`} shortcut="r" act={() => runNow(id)}>
        Run now
      </ActionButton>
      <PauseButton job={job} reload={reload} of={name} shortcut="p" />
      <RowMenu job={job} reload={reload} />
    </div>
  )
}
