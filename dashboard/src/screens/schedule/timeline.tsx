import type { Activity } from '../../../../client.ts'
import { thisMinute } from '../../format/clock.ts'
import { counted } from '../../format/counted.ts'
import { useHourly } from '../../live/hourly.ts'
import { useNews } from '../../live/news.ts'
import { useActivity } from '../../parts/activity.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { moveAmong } from '../../parts/move-among.ts'
import { Shown } from '../../parts/shown.tsx'
import { zoneOf } from '../../preferences/zone.ts'
import { hrefOf } from '../../routing/route.ts'
import { changesPlan } from './plan-news.ts'
import {
  readOccurrences,
  tagged,
  type JobOccurrences,
  type UpcomingJobs
} from './read-occurrences.ts'
import type { Span } from './spans.ts'
import { TimelineAxis, TimelineRow, type Row, type Window } from './timeline-row.tsx'
import { TimelineTable } from './timeline-table.tsx'

interface TimelineProps {
  tag: string | undefined
  span: Span
}

/** So much of what is to come is shown of what has been. */
const PAST = 1 / 4
/** Runs of each job, the most that one request tells. */
const MOST_RUNS = 50

/** How the jobs went that are due next, and when each of them is due. */
export function Timeline({ tag, span }: TimelineProps) {
  const upcoming = useLoaded(tag ?? '', (asking) => readOccurrences(asking, tag))
  useNews(changesPlan, upcoming.reload)
  useHourly(upcoming.reload)
  return <Shown of={upcoming}>{(found) => <Found found={found} tag={tag} span={span} />}</Shown>
}

function Found({ found, tag, span }: TimelineProps & { found: UpcomingJobs }) {
  const activity = useActivity(
    found.jobs.map(({ job }) => job.id),
    MOST_RUNS
  )
  const now = thisMinute.value
  const window = { from: now - span.ms * PAST, now, to: now + span.ms }
  const all = found.jobs.map((one) => rowOf(one, activity.value?.get(one.job.id), window))
  const rows = all.filter(({ at, runs }) => at.length + runs.length > 0)
  const due = all.filter(({ at }) => at.length > 0).length
  const others = found.total - found.jobs.length
  if (rows.length === 0) return <p class="lead">Nothing due in this window.</p>
  return (
    <>
      <p class="lead">
        {counted(due, 'job')} due in the next {span.name}.{' '}
        <span class="hint">
          Hours of {zoneOf(null)}; what has run is solid, what is due hollow.
        </span>
      </p>
      {others > 0 && (
        <p class="hint">
          Those due next are shown;{' '}
          <a href={hrefOf(['jobs'], { state: 'enabled', sort: 'next_run_at', ...tagged(tag) })}>
            {counted(others, 'other job')}
          </a>{' '}
          may be due in this window, too.
        </p>
      )}
      <TimelineAxis window={window} span={span} />
      <ul class="timeline" onKeyDown={moveAmong}>
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

/** What of a job lies in the window. */
function rowOf(found: JobOccurrences, activity: Activity | undefined, window: Window): Row {
  const { at, isWhole } = found
  const known = activity?.runs ?? []
  const runs = known.filter((run) => Date.parse(run.scheduled_for) >= window.from)
  return {
    ...found,
    at: at.filter((one) => one >= window.now && one < window.to),
    isWhole: isWhole || (at.at(-1) ?? 0) >= window.to,
    runs,
    isPastWhole: runs.length < MOST_RUNS,
    usualMs: activity?.p50_duration_ms ?? 0
  }
}
