import type { Job } from '../../../../client.ts'
import { thisMinute } from '../../format/clock.ts'
import { counted } from '../../format/counted.ts'
import { Instant } from '../../parts/instant.tsx'
import { hrefOf } from '../../routing/route.ts'
import { dueAt } from './overdue.ts'
import { LOOKED_AT } from './read-overview.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** What is shown of the past, in which overdue jobs stand. */
const PAST_MS = 5 * MINUTE_MS
const MOST_NAMED = 10
const TICKS = [0, 15, 30, 45, 60]

/** The jobs due within the hour, as a picture and in words; each by its next run. */
export function NextHour({ jobs }: { jobs: readonly Job[] }) {
  const now = thisMinute.value
  const due = jobs.filter((job) => dueAt(job) < now + HOUR_MS)
  const more = due.length - MOST_NAMED
  return (
    <>
      <h2>Next hour</h2>
      {due.length === 0 ? (
        <p>Nothing is due within the hour.</p>
      ) : (
        <div class="next-hour">
          <Strip due={due} now={now} />
          <ol aria-label="Due within the hour">
            {due.slice(0, MOST_NAMED).map((job) => (
              <li key={job.id}>
                <a href={hrefOf(['jobs', job.id])}>{job.name}</a>{' '}
                {job.next_run_at !== null && <Instant at={job.next_run_at} job={job} />}
              </li>
            ))}
          </ol>
          {more > 0 && (
            <p class="hint">
              and <a href={hrefOf(['jobs'], MORE)}>{counted(more, 'more job')}</a>
              {due.length === LOOKED_AT && ', or more'}
            </p>
          )}
        </div>
      )}
    </>
  )
}

const MORE = { state: 'enabled', sort: 'next_run_at' }

/** A mark for each job, on a line that begins a little before now. */
function Strip({ due, now }: { due: readonly Job[]; now: number }) {
  const xOf = (at: number): string => {
    const share = (at - now + PAST_MS) / (HOUR_MS + PAST_MS)
    return `${(100 * Math.max(share, 0.01)).toFixed(2)}%`
  }
  return (
    <svg
      class="strip"
      role="img"
      aria-label={`${counted(due.length, 'job')} due within the hour`}
      width="100%"
      height="64"
    >
      <line class="axis" x1="0" x2="100%" y1="32" y2="32" />
      {TICKS.map((minutes) => (
        <text
          key={minutes}
          x={xOf(now + minutes * MINUTE_MS)}
          y="58"
          text-anchor={minutes === 60 ? 'end' : 'middle'}
        >
          {minutes === 0 ? 'now' : minutes === 60 ? '1 h' : `${minutes} min`}
        </text>
      ))}
      <line class="now" x1={xOf(now)} x2={xOf(now)} y1="8" y2="44" />
      {due.map((job) => (
        <circle key={job.id} class="mark" cx={xOf(dueAt(job))} cy="32" r="6" />
      ))}
    </svg>
  )
}
