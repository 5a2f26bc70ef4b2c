import { useRef } from 'preact/hooks'
import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Asking } from '../../parts/asking.tsx'
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
  const remove = async () => {
    await service.deleteJob(job.id)
    navigate(['jobs'])
    return `Deleted "${job.name}".`
  }
  return (
    <div class="row">
      <ActionButton shortcut="r" act={() => runNow(job.id)}>
        Run now
      </ActionButton>
      {job.state === 'paused' ? (
        <ActionButton shortcut="p" act={resume}>
          Resume
        </ActionButton>
      ) : (
        job.state === 'enabled' && (
          <Asking
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
      <a class="button" href={hrefOf(['jobs', job.id, 'edit'])}>
        Edit
      </a>
      <a class="button" href={hrefOf(['jobs', 'new'], { from: String(job.id) })}>
        Clone
      </a>
      <Asking
        class="danger"
        label="Delete"
        title={`Delete "${job.name}"?`}
        confirm="Delete"
        act={remove}
      >
        <p>
          Its schedule ends, and {job.running} of its runs that go on are cancelled. Past runs stay.
        </p>
      </Asking>
    </div>
  )
}
