import type { Job as JobShape } from '../../../../client.ts'
import { ProblemError } from '../../../../client.ts'
import { targetOf } from '../../format/job.ts'
import { useNews } from '../../live/news.ts'
import { useSaid } from '../../live/saying.ts'
import { Instant } from '../../parts/instant.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { hrefOf, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { Alerts } from './alerts.tsx'
import { Changes } from './changes.tsx'
import { Definition } from './definition.tsx'
import { JobActions } from './job-actions.tsx'
import { JobRuns } from './job-runs.tsx'
import { Upcoming } from './upcoming.tsx'

const TABS = {
  runs: 'Runs',
  definition: 'Definition',
  changes: 'Changes',
  alerts: 'Alerts'
} as const

/** One job: when it runs, how it went, what it is. */
export function Job() {
  const id = Number(route.value.path[1])
  const job = useLoaded(String(id), (asking) => asking.getJob(id))
  useNews((event) => event.name === 'job' && event.data.id === id, job.reload)
  const isGone = job.error instanceof ProblemError && job.error.status === 404
  if (isGone) return <Gone id={id} />
  return (
    <Screen
      title={job.value?.name ?? `Job ${id}`}
      actions={job.value !== null && <JobActions job={job.value} reload={job.reload} />}
    >
      <Shown of={job}>{(shown) => <Found job={shown} />}</Shown>
    </Screen>
  )
}

function Found({ job }: { job: JobShape }) {
  const failures = job.consecutive_failures
  useSaid(`This job: ${job.state}${failures > 0 ? `, failures in a row: ${failures}` : ''}`)
  return (
    <>
      <p>
        <StateBadge state={job.state} /> {job.pause_reason !== null && `(${job.pause_reason}) `}·{' '}
        {targetOf(job)}
        {job.tags.map((tag) => (
          <a key={tag} class="tag" href={hrefOf(['jobs'], { tag })}>
            {tag}
          </a>
        ))}
      </p>
      {job.consecutive_failures > 0 && (
        <p class="state failed">
          {job.consecutive_failures === 1
            ? 'Failed the last time'
            : `Failed ${job.consecutive_failures} times in a row`}
          {job.last_success_at !== null && (
            <>
              , last succeeded <Instant at={job.last_success_at} job={job} />
            </>
          )}
        </p>
      )}
      <Upcoming job={job} />
      <Tab job={job} />
    </>
  )
}

function Tab({ job }: { job: JobShape }) {
  const { tab = 'runs' } = route.value.query
  return (
    <>
      <nav class="tabs" aria-label="About this job">
        {Object.entries(TABS).map(([word, name]) => (
          <a
            key={word}
            href={hrefOf(['jobs', job.id], { tab: word })}
            aria-current={word === tab ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {tab === 'definition' && <Definition job={job} />}
      {tab === 'changes' && <Changes job={job} />}
      {tab === 'alerts' && <Alerts job={job} />}
      {tab === 'runs' && <JobRuns job={job} />}
    </>
  )
}

function Gone({ id }: { id: number }) {
  return (
    <Screen title={`Job ${id}`}>
      <p>This job does not exist or was deleted.</p>
      <p>
        <a href={hrefOf(['runs'], { job: String(id) })}>Its old runs</a>, for as long as they are
        kept
      </p>
    </Screen>
  )
}
