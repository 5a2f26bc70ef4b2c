import type { Run } from '../../../../client.ts'
import { formatTook } from '../../format/took.ts'
import { Instant } from '../../parts/instant.tsx'

type Attempt = Run['attempts'][number]

/** The tries of a run in their order: when each began, how long it took, what it came to. */
export function Attempts({ run }: { run: Run }) {
  if (run.attempts.length === 0) return null
  return (
    <>
      <h2>Attempts</h2>
      <ol class="attempts">
        {run.attempts.map((attempt) => (
          <li key={attempt.attempt}>
            <span class={`state ${attempt.outcome ?? 'running'}`}>
              {attempt.outcome ?? 'running'}
            </span>{' '}
            <Instant at={attempt.started_at} absolute />
            {tookOf(attempt)}
            {attempt.replica !== null && <span class="hint"> on {attempt.replica}</span>}
            {attempt.error !== null && <p>{attempt.error.message}</p>}
          </li>
        ))}
      </ol>
    </>
  )
}

function tookOf({ started_at: from, finished_at: to }: Attempt): string {
  return to === null ? '' : `, ${formatTook(Date.parse(to) - Date.parse(from))}`
}
