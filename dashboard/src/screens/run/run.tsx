import type { Run as RunShape } from '../../../../client.ts'
import { useNews } from '../../live/news.ts'
import { useSaid } from '../../live/saying.ts'
import { Code, copy } from '../../parts/code.tsx'
import { Instant } from '../../parts/instant.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { RunActions } from '../../parts/run-actions.tsx'
import { Shown } from '../../parts/shown.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { hrefOf, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { Attempts } from './attempts.tsx'
import { Log } from './log.tsx'
import { Neighbours } from './neighbours.tsx'
import { Timeline } from './timeline.tsx'
import { Verdict } from './verdict.tsx'

/** One run: what became of it and why, attempt by attempt. */
export function Run() {
  const id = Number(route.value.path[1])
  const run = useLoaded(String(id), (asking) => asking.getRun(id))
  useNews((event) => event.name === 'run' && event.data.id === id, run.reload)
  return (
    <Screen
      title={`Run ${id}`}
      actions={
        run.value !== null && (
          <div class="row">
            <RunActions run={run.value} reload={run.reload} />
            <button
              type="button"
              onClick={({ currentTarget }) => void copy(location.href, currentTarget)}
            >
              Copy link
            </button>
          </div>
        )
      }
    >
      <Shown of={run}>{(shown) => <Found run={shown} />}</Shown>
    </Screen>
  )
}

function Found({ run }: { run: RunShape }) {
  useSaid(`This run: ${run.state}`)
  const job = useLoaded(String(run.job_id), (asking) => asking.getJob(run.job_id)).value
  const hasResponse = run.attempts.some(({ response }) => response !== null)
  const isOfHttp = hasResponse || job?.target.type === 'http'
  return (
    <>
      <Neighbours run={run} />
      <p class="lead">
        <StateBadge state={run.state} />
        <Verdict run={run} />
      </p>
      {run.error !== null && <p class="failure">{run.error.message}</p>}
      <Timeline run={run} />
      <dl>
        <dt>Job</dt>
        <dd>
          <a href={hrefOf(['jobs', run.job_id])}>{job?.name ?? `job ${run.job_id}`}</a>, version{' '}
          {run.job_version}
        </dd>
        <dt>Due</dt>
        <dd>
          <Instant at={run.scheduled_for} job={job} absolute /> ({run.cause.replace('_', ' ')})
        </dd>
        <dt>Replica</dt>
        <dd>{run.replica ?? '–'}</dd>
      </dl>
      <Attempts run={run} hasRequests={isOfHttp} />
      {!isOfHttp && <Log key={run.id} run={run} />}
      {run.result !== null && !hasResponse && (
        <>
          <h2>Result</h2>
          <Code label="Result" text={JSON.stringify(run.result, null, 2)} />
        </>
      )}
    </>
  )
}
