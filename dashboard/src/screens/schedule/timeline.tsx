import { thisMinute } from '../../format/clock.ts'
import { counted } from '../../format/counted.ts'
import { useHourly } from '../../live/hourly.ts'
import { useNews } from '../../live/news.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { zoneOf } from '../../preferences/zone.ts'
import { hrefOf } from '../../routing/route.ts'
import { service } from '../../service.ts'
import { changesPlan } from './plan-news.ts'
import { readOccurrences, type JobOccurrences, type UpcomingJobs } from './read-occurrences.ts'
import { TimelineAxis, TimelineRow } from './timeline-row.tsx'
import { TimelineTable } from './timeline-table.tsx'

const SPAN_MS = 86_400_000

/** When each of the jobs that are due next is due, over 24 hours. */
export function Timeline() {
  const upcoming = useLoaded('', (signal) => readOccurrences(service.with({ signal })))
  useNews(changesPlan, upcoming.reload)
  useHourly(upcoming.reload)
  return <Shown of={upcoming}>{(found) => <Found found={found} />}</Shown>
}

function Found({ found }: { found: UpcomingJobs }) {
  const window = { from: thisMinute.value, to: thisMinute.value + SPAN_MS }
  const rows = found.jobs.flatMap((row) => {
    const at = row.at.filter((one) => one >= window.from && one < window.to)
    const isWhole = row.isWhole || (row.at.at(-1) ?? 0) >= window.to
    return at.length === 0 ? [] : [{ ...row, at, isWhole } satisfies JobOccurrences]
  })
  if (rows.length === 0) return <p class="lead">Nothing due in this window.</p>
  const others = found.total - found.jobs.length
  return (
    <>
      <p class="lead">
        {counted(rows.length, 'job')} due in the next 24 hours.{' '}
        <span class="hint">Hours of {zoneOf(null)}.</span>
      </p>
      {others > 0 && (
        <p class="hint">
          Those due next are shown;{' '}
          <a href={hrefOf(['jobs'], { state: 'enabled', sort: 'next_run_at' })}>
            {counted(others, 'other job')}
          </a>{' '}
          may be due in this window, too.
        </p>
      )}
      <TimelineAxis window={window} />
      <ul class="timeline">
        {rows.map((row) => (
          <TimelineRow key={row.job.id} row={row} window={window} />
        ))}
      </ul>
      <details>
        <summary>As a table</summary>
        <TimelineTable rows={rows} />
      </details>
    </>
  )
}
