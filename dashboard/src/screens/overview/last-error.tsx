import type { Job } from '../../../../client.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { hrefOf } from '../../routing/route.ts'

/** Why the latest run of a job failed, in one line; nothing where that is not known any more. */
export function LastError({ job }: { job: Job }) {
  const key = `${job.id} ${job.last_run_at} ${job.consecutive_failures}`
  const latest = useLoaded(key, async (asking) => {
    const query = { state: 'failed', limit: 1 } as const
    const { items } = await asking.listJobRuns(job.id, query).page()
    return items[0] ?? null
  })
  const run = latest.value
  if (run === null) return <p class="one-line"> </p>
  return (
    <p class="one-line" title={run.error?.message}>
      <a href={hrefOf(['runs', run.id])}>run {run.id}</a>: {run.error?.message ?? run.reason}
    </p>
  )
}
