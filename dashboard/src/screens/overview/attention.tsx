import type { Job, Run } from '../../../../client.ts'
import { counted } from '../../format/counted.ts'
import { stateOf } from '../../parts/assumed.ts'
import { Instant } from '../../parts/instant.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { hrefOf } from '../../routing/route.ts'
import { AttentionActions } from './attention-actions.tsx'
import { LastError } from './last-error.tsx'
import type { Trouble } from './missed.ts'

const MOST = 10

interface AttentionProps {
  troubled: readonly Trouble[]
  reload: () => void
}

/** Jobs that somebody should look at: why, and what can be done at once. */
export function Attention({ troubled, reload }: AttentionProps) {
  const more = troubled.length - MOST
  return (
    <>
      <h2>Needs attention</h2>
      <ul class="attention">
        {troubled.slice(0, MOST).map(({ job, missed }) => (
          <li key={job.id}>
            <div>
              <a href={hrefOf(['jobs', job.id])}>{job.name}</a>{' '}
              {missed === null ? <FailingOrOverdue job={job} /> : <Missed run={missed} job={job} />}
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

function Missed({ run, job }: { run: Run; job: Job }) {
  return (
    <>
      <StateBadge state="missed">
        missed, was due <Instant at={run.to ?? run.scheduled_for} job={job} />
      </StateBadge>
      <p class="one-line">
        <a href={hrefOf(['runs', run.id])}>run {run.id}</a>: {counted(run.count, 'occurrence')},{' '}
        {run.reason}
      </p>
    </>
  )
}

function FailingOrOverdue({ job }: { job: Job }) {
  const { consecutive_failures: times, next_run_at: due } = job
  const state = stateOf(job)
  if (times > 0) {
    return (
      <StateBadge state="failed">
        failed {times === 1 ? 'once' : `${times} times in a row`}
        {state !== 'enabled' && `, ${state}`}
      </StateBadge>
    )
  }
  return (
    <StateBadge state="missed">
      overdue, was due {due !== null && <Instant at={due} job={job} />}
    </StateBadge>
  )
}
