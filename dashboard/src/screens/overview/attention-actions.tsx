import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { hrefOf } from '../../routing/route.ts'
import { service } from '../../service.ts'

/** What can be done to a job without going there; a pause can be taken back where it is told. */
export function AttentionActions({ job, reload }: { job: Job; reload: () => void }) {
  const { id, name } = job
  const run = async () => {
    const started = await service.run(id)
    reload()
    return (
      <>
        Started <a href={hrefOf(['runs', started.id])}>run {started.id}</a>; the schedule is as it
        was.
      </>
    )
  }
  const resume = async () => {
    await service.resume(id)
    reload()
    return `"${name}" goes on.`
  }
  const pause = async () => {
    await service.pause(id)
    reload()
    return (
      <>
        Paused "{name}". <ActionButton act={resume}>Undo</ActionButton>
      </>
    )
  }
  return (
    <div class="row" role="group" aria-label={name}>
      <ActionButton act={run}>Run now</ActionButton>
      {job.state === 'enabled' && <ActionButton act={pause}>Pause</ActionButton>}
      <a href={hrefOf(['jobs', id])} aria-label={`Open ${name}`}>
        Open
      </a>
    </div>
  )
}
