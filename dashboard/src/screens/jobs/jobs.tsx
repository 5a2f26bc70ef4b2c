import { Fragment } from 'preact'
import type { Job, JobsQuery, Page } from '../../../../client.ts'
import { useNews } from '../../live/news.ts'
import { useSaid } from '../../live/saying.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Allowed } from '../../parts/allowed.tsx'
import { useActivity } from '../../parts/activity.ts'
import { useGrowingList, type GrowingList } from '../../parts/pages.ts'
import { Shown } from '../../parts/shown.tsx'
import { changeQuery, hrefOf, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { Filters } from './filters.tsx'
import { JobsTable } from './jobs-table.tsx'
import { useSelection } from './selection.ts'

const LIMIT = 50
const FILTERS = ['q', 'tag', 'state', 'target', 'outcome'] as const

/** All jobs, narrowed and sorted by the service itself, whatever their number. */
export function Jobs() {
  const { query } = route.value
  const asked: JobsQuery = { ...query, limit: LIMIT, count: true }
  const jobs = useGrowingList(JSON.stringify(asked), (asking) => asking.listJobs(asked))
  useNews(({ name }) => name === 'job', jobs.reload)
  useSaid(jobs.value === null ? null : `Jobs: ${extentOf(jobs.value, jobs)}`)
  return (
    <Screen
      title="Jobs"
      actions={
        <Allowed scope="write">
          <a class="button primary" href={hrefOf(['jobs', 'new'])}>
            New job
          </a>
        </Allowed>
      }
    >
      <Filters />
      <Shown of={jobs}>
        {(page) => (page.items.length === 0 ? <None /> : <Found page={page} list={jobs} />)}
      </Shown>
      {jobs.more !== null && <ActionButton act={jobs.more}>Load more</ActionButton>}
    </Screen>
  )
}

function Found({ page, list }: { page: Page<Job>; list: GrowingList<Job> }) {
  const jobs = [...page.items, ...list.older]
  const selection = useSelection(jobs)
  const activity = useActivity(jobs.map(({ id }) => id))
  return (
    <>
      <p class="hint">Showing {extentOf(page, list)}</p>
      <Allowed scope="write">
        <BulkBar selection={selection} reload={list.reload} />
      </Allowed>
      <JobsTable jobs={jobs} activity={activity.value} selection={selection} reload={list.reload} />
    </>
  )
}

/** How much of the list is shown: "50 of 1,204". */
function extentOf({ items, total }: Page<Job>, { older }: GrowingList<Job>): string {
  const count = items.length + older.length
  return `${count.toLocaleString('en')} of ${total?.toLocaleString('en') ?? 'many'}`
}

function None() {
  const { query } = route.value
  const said = FILTERS.flatMap((name) => query[name] ?? [])
  if (said.length === 0) {
    return (
      <>
        <p>There are no jobs yet.</p>
        <Allowed scope="write">
          <a href={hrefOf(['import'])}>Import a crontab</a>
        </Allowed>
      </>
    )
  }
  const clear = (): void =>
    changeQuery(Object.fromEntries([...FILTERS, 'cursor'].map((name) => [name, null])))
  return (
    <p>
      No job matches{' '}
      {said.map((one, index) => (
        <Fragment key={one}>
          {index > 0 && ' and '}
          <em>{one}</em>
        </Fragment>
      ))}
      .{' '}
      <button type="button" onClick={clear}>
        Clear filters
      </button>
    </p>
  )
}
