import { useRef } from 'preact/hooks'
import { counted } from '../../format/counted.ts'
import { noteScheduling, scheduling } from '../../live/server.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Asking } from '../../parts/asking.tsx'
import { ResumeScheduling } from '../../parts/resume-scheduling.tsx'
import { service } from '../../service.ts'

/** What can be done to the service as a whole. */
export function SystemActions() {
  const reason = useRef<HTMLInputElement>(null)
  const pause = async () => {
    const said = reason.current?.value ?? ''
    noteScheduling(await service.pauseScheduling(said === '' ? {} : { reason: said }))
    return 'Paused: nothing is started on any replica.'
  }
  const prune = async () => {
    const { runs, more } = await service.prune()
    return `Deleted ${counted(runs, 'run')} past retention${more ? '; there are more' : ''}.`
  }
  return (
    <div class="row">
      {scheduling.value?.state === 'paused' ? (
        <ResumeScheduling />
      ) : (
        <Asking
          scope="admin"
          class="danger"
          label="Pause scheduling"
          title="Pause all scheduling?"
          confirm="Pause scheduling"
          act={pause}
        >
          <p>
            No job is started on any replica until it is resumed. What runs goes on. What becomes
            due meanwhile is then treated as after a downtime.
          </p>
          <label>
            Reason, for everybody to see <input ref={reason} maxLength={500} />
          </label>
        </Asking>
      )}
      <ActionButton scope="admin" act={prune}>
        Prune now
      </ActionButton>
    </div>
  )
}
