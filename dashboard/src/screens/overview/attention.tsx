import type { Job } from '../../../../client.ts'
import { counted } from '../../format/counted.ts'
import { stateOf } from '../../parts/assumed.ts'
import { Instant } from '../../parts/instant.tsx'
import { hrefOf } from '../../routing/route.ts'
import { AttentionActions } from './attention-actions.tsx'
import { LastError } from './last-error.tsx'

const MOST = 10

interface AttentionProps {
  jobs: readonly Job[]
  reload: () => void
}

/** Jobs that somebody should look at: why, and what can be done at once. */
export function Attention({ jobs, reload }: AttentionProps) {
  const more = jobs.length - MOST
  return (
    <>
      <h2>Needs attention</h2>
      <ul class="attention">
        {jobs.slice(0, MOST).map((job) => (
          <li key={job.id}>
            <div>
              <a href={hrefOf(['jobs', job.id])}>{job.name}</a> <Trouble job={job} />
              {job.consecutive_failures > 0 && <LastError job={job} />}
            </div>
            <AttentionActions job={job} reload={reload} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p>
          <a href={hrefOf(['jobs'], { sort: '-consecutive_failures' })}>
            {counted(more, 'more job')}
          </a>
        </p>
      )}
    </>
  )
}

function Trouble({ job }: { job: Job }) {
  const { consecutive_failures: times, next_run_at: due } = job
  const state = stateOf(job)
  if (times > 0) {
    return (
      <span class="state failed">
        <span aria-hidden="true">✗</span> failed {times === 1 ? 'once' : `${times} times in a row`}
        {state !== 'enabled' && `, ${state}`}
      </span>
    )
  }
  return (
    <span class="state missed">
      <span aria-hidden="true">◌</span> overdue, was due{' '}
      {due !== null && <Instant at={due} job={job} />}
    </span>
  )
}
