import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { definitionOf } from './definition.ts'
import { workOn } from './form.ts'
import { JobForm } from './job-form.tsx'

/** A job to be changed. What happens to it meanwhile changes nothing under the hands of who types. */
export function EditJob() {
  const id = Number(route.value.path[1])
  const job = useLoaded(String(id), (asking) => asking.getJob(id))
  return (
    <Screen scope="write" title={`Edit ${job.value?.name ?? `job ${id}`}`}>
      <Shown of={job}>
        {(shown) => (
          <JobForm id={id} name={String(id)} start={workOn(definitionOf(shown), shown.version)} />
        )}
      </Shown>
    </Screen>
  )
}
