import type { Job } from '../../../../client.ts'
import { Instant } from '../../parts/instant.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'

/** When a job runs: in words, and the next occurrences. */
export function Upcoming({ job }: { job: Job }) {
  const key = `${job.id} ${job.version} ${job.next_run_at}`
  const upcoming = useLoaded(key, async (asking) => {
    const { schedule, start_date, repeat_interval, end_date, max_runs, timezone, exclude } = job
    const timing = { schedule, start_date, repeat_interval, end_date, max_runs, timezone, exclude }
    const [preview, next] = await Promise.all([
      asking.preview({ ...timing, count: 1 }),
      asking.listNext(job.id)
    ])
    return { description: preview.description, ...next }
  })
  return (
    <Shown of={upcoming}>
      {({ description, next, reason }) => (
        <>
          <p class="lead">{description}</p>
          {reason !== null && <p class="hint">{reason}</p>}
          <ol class="upcoming" aria-label="Next runs">
            {next.map(({ at, note }) => (
              <li key={at}>
                <Instant at={at} job={job} absolute /> <span class="hint">{note}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Shown>
  )
}
