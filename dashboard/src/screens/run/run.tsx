import type { Run as RunShape } from '../../../../client.ts'
import { formatTook } from '../../format/took.ts'
import { useNews } from '../../live/news.ts'
import { useSaid } from '../../live/saying.ts'
import { Code } from '../../parts/code.tsx'
import { Instant } from '../../parts/instant.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { RunActions } from '../../parts/run-actions.tsx'
import { Shown } from '../../parts/shown.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { hrefOf, route } from '../../routing/route.ts'
import { service } from '../../service.ts'
import { Screen } from '../../shell/screen.tsx'
import { Attempts } from './attempts.tsx'

/** One run: what became of it, attempt by attempt. */
export function Run() {
  const id = Number(route.value.path[1])
  const run = useLoaded(String(id), (signal) => service.with({ signal }).getRun(id))
  useNews((event) => event.name === 'run' && event.data.id === id, run.reload)
  return (
    <Screen
      title={`Run ${id}`}
      actions={run.value !== null && <RunActions run={run.value} reload={run.reload} />}
    >
      <Shown of={run}>{(shown) => <Found run={shown} />}</Shown>
    </Screen>
  )
}

function Found({ run }: { run: RunShape }) {
  useSaid(`This run: ${run.state}`)
  return (
    <>
      <p class="lead">
        <StateBadge state={run.state} /> {verdict(run)}
      </p>
      {run.error !== null && <p class="failure">{run.error.message}</p>}
      <dl>
        <dt>Job</dt>
        <dd>
          <a href={hrefOf(['jobs', run.job_id])}>job {run.job_id}</a>, version {run.job_version}
        </dd>
        <dt>Due</dt>
        <dd>
          <Instant at={run.scheduled_for} absolute /> ({run.cause.replace('_', ' ')})
        </dd>
        <dt>Waited</dt>
        <dd>{run.lateness_ms === null ? '–' : formatTook(run.lateness_ms)}</dd>
        <dt>Replica</dt>
        <dd>{run.replica ?? '–'}</dd>
      </dl>
      <Attempts run={run} />
      {run.result !== null && (
        <>
          <h2>Result</h2>
          <Code label="Result" text={JSON.stringify(run.result, null, 2)} />
        </>
      )}
    </>
  )
}

/** The end of a run in a sentence. */
function verdict({ state, attempt, duration_ms: took, reason, count }: RunShape): string {
  const times = attempt > 1 ? ` after ${attempt} attempts` : ''
  const long = took === null ? '' : `, the last took ${formatTook(took)}`
  const why = reason === null ? '' : ` (${reason})`
  const many = count > 1 ? ` ${count} occurrences.` : ''
  return state === 'pending' || attempt === 0 ? `${why}${many}` : `${times}${long}${why}${many}`
}
