import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { PauseButton } from '../../parts/pause-button.tsx'
import { runNow } from '../../parts/run-now.tsx'
import { hrefOf } from '../../routing/route.ts'

/** What can be done to a job without going there; a pause can be taken back where it is told. */
export function AttentionActions({ job, reload }: { job: Job; reload: () => void }) {
  const { id, name } = job
  const run = async () => {
    const said = await runNow(id)
    reload()
    return said
  }
  return (
    <div class="row" role="group" aria-label={name}>
      <ActionButton scope="run" act={run}>
        Run now
      </ActionButton>
      <PauseButton job={job} reload={reload} />
      <a href={hrefOf(['jobs', id])} aria-label={`Open ${name}`}>
        Open
      </a>
    </div>
  )
}
