import type { RunsQuery } from '../../../../client.ts'
import { useNews } from '../../live/news.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { useGrowingList } from '../../parts/pages.ts'
import { RUN_STATES } from '../../parts/run-states.ts'
import { RunsTable } from '../../parts/runs-table.tsx'
import { SelectQuery } from '../../parts/select-query.tsx'
import { Shown } from '../../parts/shown.tsx'
import { route } from '../../routing/route.ts'
import { service } from '../../service.ts'
import { Screen } from '../../shell/screen.tsx'

const LIMIT = 50
const CAUSES = ['schedule', 'manual', 'catch_up', 'backfill']

/** The runs of all jobs, the newest first. */
export function Runs() {
  const { query } = route.value
  const asked: RunsQuery = { ...query, limit: LIMIT }
  const runs = useGrowingList(JSON.stringify(asked), (signal) =>
    service.with({ signal }).listRuns(asked)
  )
  useNews(({ name }) => name === 'run', runs.reload)
  return (
    <Screen title="Runs">
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SelectQuery name="state" label="Any state" values={RUN_STATES} />
        <SelectQuery name="cause" label="Any cause" values={CAUSES} />
      </form>
      <Shown of={runs}>
        {({ items }) =>
          items.length === 0 ? <p>No runs here.</p> : <RunsTable runs={[...items, ...runs.older]} />
        }
      </Shown>
      {runs.more !== null && <ActionButton act={runs.more}>Load older</ActionButton>}
    </Screen>
  )
}
