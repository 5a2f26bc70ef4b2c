import type { Job } from '../../../../client.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { ownZone } from '../../preferences/zone.ts'
import { route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { definitionOf, type Definition } from './definition.ts'
import { workOn } from './form.ts'
import { JobForm } from './job-form.tsx'

/** A new job: from nothing, or from another one. */
export function NewJob() {
  const { from } = route.value.query
  const isClone = from !== undefined && /^[1-9]\d*$/.test(from)
  return (
    <Screen scope="write" title="New job">
      {isClone ? <Clone key={from} id={Number(from)} /> : <JobForm {...NEW} />}
    </Screen>
  )
}

const NEW = { id: null, name: 'new', start: workOn({ timezone: ownZone }, null) }

function Clone({ id }: { id: number }) {
  const job = useLoaded(String(id), (asking) => asking.getJob(id))
  return (
    <Shown of={job}>
      {(shown) => <JobForm id={null} name={`from-${id}`} start={workOn(cloneOf(shown), null)} />}
    </Shown>
  )
}

/** The key is what no two jobs have in common. */
function cloneOf(job: Job): Definition {
  const { key: _key, ...definition } = definitionOf(job)
  return { ...definition, name: `${job.name} (copy)` }
}
