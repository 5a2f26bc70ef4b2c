import type { RunsQuery } from '../../../../client.ts'
import { useNews } from '../../live/news.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { useGrowingList } from '../../parts/pages.ts'
import { RunsTable } from '../../parts/runs-table.tsx'
import { Shown } from '../../parts/shown.tsx'
import { changeQuery, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { Filters } from './filters.tsx'
import { RetryAll } from './retry-all.tsx'

const LIMIT = 50
const FILTERS = ['job', 'state', 'cause', 'from', 'to'] as const

/** The runs of all jobs, narrowed by the service itself, whatever their number. */
export function Runs() {
  const { job, ...narrow }: RunsQuery & { job?: string } = route.value.query
  const filter = { ...narrow, ...(job !== undefined && { job_id: Number(job) }) }
  const asked = { ...filter, limit: LIMIT }
  const runs = useGrowingList(JSON.stringify(asked), (asking) => asking.listRuns(asked))
  useNews(({ name }) => name === 'run', runs.reload)
  const { state = 'failed' } = narrow
  const canRetry = state === 'failed' || state === 'cancelled'
  return (
    <Screen
      title="Runs"
      actions={canRetry && <RetryAll filter={{ ...filter, state }} reload={runs.reload} />}
    >
      <Filters />
      <Shown of={runs}>
        {({ items }) =>
          items.length === 0 ? (
            <None />
          ) : (
            <RunsTable runs={[...items, ...runs.older]} reload={runs.reload} />
          )
        }
      </Shown>
      {runs.more !== null && <ActionButton act={runs.more}>Load older</ActionButton>}
    </Screen>
  )
}

function None() {
  const { query } = route.value
  if (!FILTERS.some((name) => query[name] !== undefined)) return <p>Nothing has run yet.</p>
  const isPeriod = query['from'] !== undefined || query['to'] !== undefined
  const clear = (): void => changeQuery(Object.fromEntries(FILTERS.map((name) => [name, null])))
  return (
    <p>
      {isPeriod ? 'No runs in this period.' : 'No run matches.'}{' '}
      <button type="button" onClick={clear}>
        Clear filters
      </button>
    </p>
  )
}
