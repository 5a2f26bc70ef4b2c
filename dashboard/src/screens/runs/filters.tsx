import { useLoaded } from '../../parts/loaded.ts'
import { RUN_STATES } from '../../parts/run-states.ts'
import { SelectQuery } from '../../parts/select-query.tsx'
import { TextQuery } from '../../parts/text-query.tsx'
import { zoneOf } from '../../preferences/zone.ts'
import { hrefOf, route } from '../../routing/route.ts'
import { Period } from './period.tsx'

const CAUSES = ['schedule', 'manual', 'catch_up', 'backfill']

/** What narrows the list; all of it is in the address, to be shared and to be come back to. */
export function Filters() {
  const { job = '' } = route.value.query
  const named = useLoaded(job, async (asking) => (job === '' ? null : asking.getJob(Number(job))))
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <TextQuery name="job" label="Job id" />
      <SelectQuery name="state" label="Any state" values={RUN_STATES} />
      <SelectQuery name="cause" label="Any cause" values={CAUSES} />
      <Period zone={zoneOf(named.value)} />
      {job !== '' && (
        <span>
          of <a href={hrefOf(['jobs', job])}>{named.value?.name ?? `job ${job}`}</a>
          {named.error !== null && ' (not there)'}
        </span>
      )}
    </form>
  )
}
