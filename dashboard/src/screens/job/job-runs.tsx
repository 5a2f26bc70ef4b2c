import type { Job, RunsQuery } from '../../../../client.ts'
import { formatTook } from '../../format/took.ts'
import { useNews } from '../../live/news.ts'
import { useActivity } from '../../parts/activity.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Instant } from '../../parts/instant.tsx'
import { useGrowingList } from '../../parts/pages.ts'
import { RUN_STATES } from '../../parts/run-states.ts'
import { RunsTable } from '../../parts/runs-table.tsx'
import { SelectQuery } from '../../parts/select-query.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { route } from '../../routing/route.ts'

const LIMIT = 20

/** The history of a job; that of a deleted one, too, for as long as it is kept. */
export function JobRuns({ job }: { job: Pick<Job, 'id' | 'timezone' | 'next_run_at'> }) {
  const { state } = route.value.query
  const asked: RunsQuery = { ...narrowed(state), limit: LIMIT }
  const runs = useGrowingList(JSON.stringify([job.id, asked]), (asking) =>
    asking.listJobRuns(job.id, asked)
  )
  useNews((event) => event.name === 'run' && event.data.job_id === job.id, runs.reload)
  return (
    <>
      <Lately id={job.id} />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SelectQuery name="state" label="Any state" values={RUN_STATES} />
      </form>
      <Shown of={runs}>
        {({ items }) =>
          items.length > 0 ? (
            <RunsTable runs={[...items, ...runs.older]} job={job} reload={runs.reload} />
          ) : (
            <p>
              {state === undefined ? 'Has not run yet.' : 'No such runs.'}{' '}
              {job.next_run_at !== null && (
                <>
                  Next run <Instant at={job.next_run_at} job={job} />.
                </>
              )}
            </p>
          )
        }
      </Shown>
      {runs.more !== null && <ActionButton act={runs.more}>Load older</ActionButton>}
    </>
  )
}

/** How the last runs went; nothing where there are none. */
function Lately({ id }: { id: number }) {
  const { value } = useActivity([id])
  const activity = value?.get(id)
  if (activity === undefined || activity.runs.length === 0) return null
  const { runs, p50_duration_ms: usual } = activity
  const longest = Math.max(...runs.map(({ duration_ms: took }) => took ?? 0))
  return (
    <div class="row lately">
      <Sparkline runs={runs} isLinked />
      {usual !== null && <span>usually {formatTook(usual)}</span>}
      <span class="hint">longest {formatTook(longest)}</span>
    </div>
  )
}

function narrowed(state: string | undefined): Pick<RunsQuery, 'state'> {
  const found = RUN_STATES.find((one) => one === state)
  return found === undefined ? {} : { state: found }
}
