import { noteScheduling } from '../live/server.ts'
import { service } from '../service.ts'
import { ActionButton } from './action-button.tsx'

/** Ends a pause of all scheduling. */
export function ResumeScheduling() {
  const resume = async () => {
    noteScheduling(await service.resumeScheduling())
    return 'Scheduling goes on; what was due does as after a downtime.'
  }
  return (
    <ActionButton scope="admin" act={resume}>
      Resume scheduling
    </ActionButton>
  )
}
