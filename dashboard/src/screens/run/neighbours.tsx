import type { Run } from '../../../../client.ts'
import { useNews } from '../../live/news.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { hrefOf } from '../../routing/route.ts'

/** The ways to the runs of the same job before and after this one. */
export function Neighbours({ run }: { run: Run }) {
  const { value, reload } = useLoaded(String(run.id), (asking) => asking.getRunNeighbours(run.id))
  const { previous_run_id: previous = null, next_run_id: next = null } = value ?? {}
  useNews(
    (event) => next === null && event.name === 'run' && event.data.job_id === run.job_id,
    reload
  )
  if (previous === null && next === null) return null
  return (
    <nav class="row" aria-label="Runs of this job">
      {previous !== null && <a href={hrefOf(['runs', previous])}>← Previous run</a>}
      {next !== null && <a href={hrefOf(['runs', next])}>Next run →</a>}
    </nav>
  )
}
