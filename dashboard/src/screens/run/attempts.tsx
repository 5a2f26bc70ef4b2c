import type { Run } from '../../../../client.ts'
import { formatTook } from '../../format/took.ts'
import { Instant } from '../../parts/instant.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { Request } from './request.tsx'
import { Response } from './response.tsx'

type Attempt = Run['attempts'][number]

/** The tries of a run in their order: when each began, what it came to, what was sent and answered. */
export function Attempts({ run, hasRequests }: { run: Run; hasRequests: boolean }) {
  if (run.attempts.length === 0) return null
  return (
    <>
      <h2>Attempts</h2>
      <ol class="attempts">
        {run.attempts.map((attempt, index) => (
          <li key={attempt.attempt}>
            <StateBadge state={attempt.outcome ?? 'running'} />{' '}
            <Instant at={attempt.started_at} absolute />
            {tookOf(attempt)}
            {pauseBefore(attempt, run.attempts[index - 1])}
            {attempt.replica !== null && <span class="hint"> on {attempt.replica}</span>}
            {attempt.error !== null && <p>{attempt.error.message}</p>}
            {hasRequests && <Request run={run} attempt={attempt.attempt} />}
            {attempt.response !== null && (
              <Response response={{ ...attempt.response, ...wholeOf(run, attempt) }} />
            )}
          </li>
        ))}
      </ol>
    </>
  )
}

function tookOf({ started_at: from, finished_at: to }: Attempt): string {
  return to === null ? '' : `, took ${formatTook(Date.parse(to) - Date.parse(from))}`
}

function pauseBefore({ started_at: at }: Attempt, before: Attempt | undefined): string {
  const since = before?.finished_at ?? null
  return since === null ? '' : `, ${formatTook(Date.parse(at) - Date.parse(since))} later`
}

/** What the run keeps of the answer to its last attempt: more than the beginning of its body. */
function wholeOf({ result, attempt: last }: Run, { attempt }: Attempt): object {
  return attempt === last && typeof result === 'object' && result !== null ? result : {}
}
