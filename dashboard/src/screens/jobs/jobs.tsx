import type { Job, JobsQuery, Page } from '../../../../client.ts'
import { useNews } from '../../live/news.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { changeQuery, hrefOf, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { service } from '../../service.ts'
import { Filters } from './filters.tsx'
import { JobsTable } from './jobs-table.tsx'

const LIMIT = 50
const FILTERS = ['q', 'tag', 'state', 'target', 'outcome'] as const

/** All jobs, narrowed and sorted by the service itself, whatever their number. */
export function Jobs() {
  const { query } = route.value
  const asked: JobsQuery = { ...query, limit: LIMIT, count: true }
  const jobs = useLoaded(JSON.stringify(asked), (signal) =>
    service.with({ signal }).listJobs(asked).page()
  )
  useNews(({ name }) => name === 'job', jobs.reload)
  const isFiltered = FILTERS.some((name) => query[name] !== undefined)
  return (
    <Screen title="Jobs">
      <Filters />
      <Shown of={jobs}>
        {(page) =>
          page.items.length === 0 ? (
            <None isFiltered={isFiltered} />
          ) : (
            <Found page={page} reload={jobs.reload} />
          )
        }
      </Shown>
    </Screen>
  )
}

function Found({ page, reload }: { page: Page<Job>; reload: () => void }) {
  return (
    <>
      <p class="hint" aria-live="polite">
        Showing {page.items.length} of {page.total ?? 'many'}
      </p>
      <JobsTable jobs={page.items} reload={reload} />
    </>
  )
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (!isFiltered) return <p>There are no jobs yet.</p>
  const clear = (): void =>
    changeQuery(Object.fromEntries([...FILTERS, 'cursor'].map((name) => [name, null])))
  return (
    <p>
      No job matches.{' '}
      <button type="button" onClick={clear}>
        Clear filters
      </button>{' '}
      <a href={hrefOf(['jobs'])}>All jobs</a>
    </p>
  )
}
