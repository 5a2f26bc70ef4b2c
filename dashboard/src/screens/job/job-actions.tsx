import { useRef } from 'preact/hooks'
import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Allowed } from '../../parts/allowed.tsx'
import { Asking } from '../../parts/asking.tsx'
import { DeleteJob } from '../../parts/delete-job.tsx'
import { runNow } from '../../parts/run-now.tsx'
import { hrefOf, navigate } from '../../routing/route.ts'
import { service } from '../../service.ts'

/** What can be done to a job. */
export function JobActions({ job, reload }: { job: Job; reload: () => void }) {
  const reason = useRef<HTMLInputElement>(null)
  const pause = async () => {
    const said = reason.current?.value ?? ''
    await service.pause(job.id, said === '' ? {} : { reason: said })
    reload()
    return 'Paused.'
  }
  const resume = async () => {
    await service.resume(job.id)
    reload()
    return 'Goes on; what was missed is not caught up.'
  }
  return (
    <div class="row">
      <ActionButton scope="run" shortcut="r" act={() => runNow(job.id)}>
        Run now
      </ActionButton>
      {job.state === 'paused' ? (
        <ActionButton scope="write" shortcut="p" act={resume}>
          Resume
        </ActionButton>
      ) : (
        job.state === 'enabled' && (
          <Asking
            scope="write"
            label="Pause"
            shortcut="p"
            title={`Pause "${job.name}"?`}
            confirm="Pause"
            act={pause}
          >
            <p>Nothing of it starts until it is resumed; what runs goes on.</p>
            <label>
              Reason, if you like <input ref={reason} maxLength={1000} />
            </label>
          </Asking>
        )
      )}
      <Allowed scope="write">
        <a class="button" href={hrefOf(['jobs', job.id, 'edit'])}>
          Edit
        </a>
        <a class="button" href={hrefOf(['jobs', 'new'], { from: String(job.id) })}>
          Clone
        </a>
      </Allowed>
      <DeleteJob job={job} done={() => navigate(['jobs'])} />
    </div>
  )
}
