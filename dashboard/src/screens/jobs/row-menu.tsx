import type { Job } from '../../../../client.ts'
import { curlOf } from '../../format/curl.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { CopyButton } from '../../parts/code.tsx'
import { DeleteJob } from '../../parts/delete-job.tsx'
import { Menu } from '../../parts/menu.tsx'
import { hrefOf } from '../../routing/route.ts'
import { definitionOf } from '../job-form/definition.ts'

/** What is done to a job more seldom. */
export function RowMenu({ job, reload }: { job: Job; reload: () => void }) {
  const { id, name } = job
  // The row that had the focus is gone then.
  const done = (): void => {
    document.getElementById('main')?.focus()
    reload()
  }
  return (
    <Menu id={`more-${id}`} label={`More for ${name}`}>
      <Allowed scope="write">
        <a class="button" href={hrefOf(['jobs', id, 'edit'])}>
          Edit
        </a>
        <a class="button" href={hrefOf(['jobs', 'new'], { from: String(id) })}>
          Clone
        </a>
      </Allowed>
      <CopyButton text={() => curlOf(definitionOf(job), id)}>Copy as curl</CopyButton>
      <CopyButton text={() => JSON.stringify(definitionOf(job), null, 2)}>Copy as JSON</CopyButton>
      <DeleteJob job={job} done={done} />
    </Menu>
  )
}
