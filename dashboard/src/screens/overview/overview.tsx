import { thisMinute } from '../../format/clock.ts'
import { useHourly } from '../../live/hourly.ts'
import { useNews } from '../../live/news.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { RunsTable } from '../../parts/runs-table.tsx'
import { Shown } from '../../parts/shown.tsx'
import { hrefOf } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { Attention } from './attention.tsx'
import { FirstJob } from './first-job.tsx'
import { LastDay } from './last-day.tsx'
import { NextHour } from './next-hour.tsx'
import { Numbers } from './numbers.tsx'
import { overdueOf } from './overdue.ts'
import type { Trouble } from './missed.ts'
import { readOverview, type OverviewData } from './read-overview.ts'
import { Sentence } from './sentence.tsx'

/** The first screen: whether all is well and, if not, what to do. */
export function Overview() {
  const overview = useLoaded('', readOverview)
  useNews(({ name }) => name === 'job' || name === 'run', overview.reload)
  useHourly(overview.reload)
  return (
    <Screen title="Overview">
      <Shown of={overview}>
        {(data) =>
          data.jobs === 0 ? <FirstJob /> : <Found data={data} reload={overview.reload} />
        }
      </Shown>
    </Screen>
  )
}

function Found({ data, reload }: { data: OverviewData; reload: () => void }) {
  const overdue = overdueOf(data.coming, thisMinute.value)
  // What comes first is what is told of a job.
  const troubles: Trouble[] = [...data.failing, ...overdue].map((job) => ({ job, missed: null }))
  const troubled = [...troubles, ...data.missed].filter(
    ({ job }, index, all) => all.findIndex((other) => other.job.id === job.id) === index
  )
  return (
    <>
      <Sentence data={data} troubled={troubled.length} />
      <Numbers data={data} />
      {troubled.length > 0 && <Attention troubled={troubled} reload={reload} />}
      <NextHour jobs={data.coming} />
      <LastDay hours={data.hours} />
      {data.failures.length > 0 && (
        <>
          <h2>Latest failures</h2>
          <RunsTable runs={data.failures} />
          <p>
            <a href={hrefOf(['runs'], { state: 'failed' })}>All failed runs</a>
          </p>
        </>
      )}
    </>
  )
}
