import type { Activity, Job } from '../../../../client.ts'
import { formatSchedule } from '../../../../src/format/schedule.ts'
import { targetOf } from '../../format/job.ts'
import { formatTook } from '../../format/took.ts'
import { may } from '../../live/access.ts'
import { stateOf } from '../../parts/assumed.ts'
import { Instant } from '../../parts/instant.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { Table } from '../../parts/table.tsx'
import { hrefOf } from '../../routing/route.ts'
import { RowActions } from './row-actions.tsx'
import type { Selection } from './selection.ts'

interface JobsTableProps {
  jobs: readonly Job[]
  /** What they do lately, by their ids; null before it is known. */
  activity: ReadonlyMap<number, Activity> | null
  selection: Selection
  reload: () => void
}

/** Jobs as a table; on a narrow screen each row is a card. */
export function JobsTable({ jobs, activity, selection, reload }: JobsTableProps) {
  const activityOf = ({ id }: Job): Activity | null => activity?.get(id) ?? null
  return (
    <Table
      class="jobs"
      caption="Jobs"
      head="Name"
      rows={jobs}
      keyOf={({ id }) => id}
      columns={[
        may('write') && [
          'Select',
          ({ id, name }) => (
            <input
              type="checkbox"
              aria-label={`Select ${name}`}
              aria-keyshortcuts="x"
              checked={selection.has(id)}
              onChange={() => selection.toggle(id)}
            />
          ),
          <span class="visually-hidden">Select</span>
        ],
        ['State', (job) => <StateBadge state={stateOf(job)} />],
        ['Name', (job) => <Name job={job} />],
        [
          'Schedule',
          (job) => <When job={job} description={activityOf(job)?.description ?? null} />
        ],
        [
          'Next run',
          (job) => (job.next_run_at === null ? '–' : <Instant at={job.next_run_at} job={job} />)
        ],
        ['Last result', (job) => <LastResult job={job} />],
        [
          'Last runs',
          (job) => {
            const { runs } = activityOf(job) ?? {}
            return runs && <Sparkline runs={runs} />
          }
        ],
        ['Usually', (job) => usually(activityOf(job))],
        ['Target', targetOf],
        ['Actions', (job) => <RowActions job={job} reload={reload} />]
      ]}
    />
  )
}

function Name({ job: { id, name, tags } }: { job: Job }) {
  return (
    <>
      <a href={hrefOf(['jobs', id])}>{name}</a>
      {tags.map((tag) => (
        <a key={tag} class="tag" href={hrefOf(['jobs'], { tag })}>
          {tag}
        </a>
      ))}
    </>
  )
}

function LastResult({ job }: { job: Job }) {
  const { last_outcome: outcome, last_run_at: at } = job
  if (outcome === null || at === null) return <span class="hint">not run yet</span>
  return (
    <>
      <StateBadge state={outcome} /> <Instant at={at} job={job} />
    </>
  )
}

/** The schedule in words as soon as they are there; as it was written when pointed at. */
function When({ job, description }: { job: Job; description: string | null }) {
  const written = formatSchedule(job)
  return description === null ? <code>{written}</code> : <span title={written}>{description}</span>
}

function usually(activity: Activity | null): string {
  if (activity === null) return ''
  return activity.p50_duration_ms === null ? '–' : formatTook(activity.p50_duration_ms)
}
