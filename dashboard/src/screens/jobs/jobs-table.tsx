import type { Activity, Job } from '../../../../client.ts'
import { formatSchedule } from '../../../../src/format/schedule.ts'
import { targetOf } from '../../format/job.ts'
import { formatTook } from '../../format/took.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { stateOf } from '../../parts/assumed.ts'
import { Instant } from '../../parts/instant.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
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
export function JobsTable({ jobs, activity, ...rest }: JobsTableProps) {
  return (
    <table class="cards jobs">
      <caption class="visually-hidden">Jobs</caption>
      <thead>
        <tr>
          <Allowed scope="write">
            <th scope="col">
              <span class="visually-hidden">Select</span>
            </th>
          </Allowed>
          <th scope="col">State</th>
          <th scope="col">Name</th>
          <th scope="col">Schedule</th>
          <th scope="col">Next run</th>
          <th scope="col">Last result</th>
          <th scope="col">Last runs</th>
          <th scope="col">Usually</th>
          <th scope="col">Target</th>
          <th scope="col">Actions</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} activity={activity?.get(job.id) ?? null} {...rest} />
        ))}
      </tbody>
    </table>
  )
}

interface JobRowProps extends Omit<JobsTableProps, 'jobs' | 'activity'> {
  job: Job
  activity: Activity | null
}

function JobRow({ job, activity, selection, reload }: JobRowProps) {
  const { id, name, tags, last_outcome: outcome, last_run_at: last } = job
  return (
    <tr>
      <Allowed scope="write">
        <td data-label="Select">
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            aria-keyshortcuts="x"
            checked={selection.has(id)}
            onChange={() => selection.toggle(id)}
          />
        </td>
      </Allowed>
      <td data-label="State">
        <StateBadge state={stateOf(job)} />
      </td>
      <th scope="row" data-label="Name">
        <a href={hrefOf(['jobs', id])}>{name}</a>
        {tags.map((tag) => (
          <a key={tag} class="tag" href={hrefOf(['jobs'], { tag })}>
            {tag}
          </a>
        ))}
      </th>
      <td data-label="Schedule">
        <When job={job} description={activity?.description ?? null} />
      </td>
      <td data-label="Next run">
        {job.next_run_at === null ? '–' : <Instant at={job.next_run_at} job={job} />}
      </td>
      <td data-label="Last result">
        {outcome === null || last === null ? (
          <span class="hint">not run yet</span>
        ) : (
          <>
            <StateBadge state={outcome} /> <Instant at={last} job={job} />
          </>
        )}
      </td>
      <td data-label="Last runs">{activity !== null && <Sparkline runs={activity.runs} />}</td>
      <td data-label="Usually">{usually(activity)}</td>
      <td data-label="Target">{targetOf(job)}</td>
      <td data-label="Actions">
        <RowActions job={job} reload={reload} />
      </td>
    </tr>
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
