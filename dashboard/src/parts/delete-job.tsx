import type { Job } from '../../../client.ts'
import { service } from '../service.ts'
import { Asking } from './asking.tsx'

/** Deletes a job, after saying what becomes of its runs. */
export function DeleteJob({ job, done }: { job: Job; done: () => void }) {
  const { id, name, running } = job
  const runs = running === 1 ? 'its running run' : `its ${running} running runs`
  const remove = async (): Promise<string> => {
    await service.deleteJob(id)
    done()
    return `Deleted "${name}".`
  }
  return (
    <Asking
      scope="write"
      class="danger"
      label="Delete"
      title={`Delete "${name}"${running > 0 ? ` and stop ${runs}` : ''}?`}
      confirm="Delete"
      act={remove}
    >
      <p>Its schedule ends. Past runs stay.</p>
    </Asking>
  )
}
