import type { RunHour } from '../../../../client.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import { hrefOf } from '../../routing/route.ts'
import { CHART_HEIGHT, GROUND, HourBar } from './hour-bar.tsx'
import { clockOf, endsOf, queryOf, sumOf } from './hours.ts'

/** What became of the last hours: in all, as a bar for each hour, and as a list. */
export function LastDay({ hours }: { hours: readonly RunHour[] }) {
  const ends = endsOf(sumOf(hours))
  const most = Math.max(...hours.map(({ succeeded, failed }) => succeeded + failed))
  const busy = hours.filter((hour) => endsOf(hour).length > 0)
  const label = ends.map(([state, count]) => `${count} ${state}`).join(', ')
  return (
    <>
      <h2>Last {hours.length} hours</h2>
      {busy.length === 0 ? (
        <p>Nothing was to run.</p>
      ) : (
        <>
          <p class="row">
            {ends.map(([state, count]) => (
              <a key={state} href={hrefOf(['runs'], { state, from: hours[0]?.from ?? null })}>
                <StateBadge state={state} /> {count}
              </a>
            ))}
          </p>
          <svg class="hours" role="img" aria-label={label} width="100%" height={CHART_HEIGHT}>
            <line class="axis" x1="0" x2="100%" y1={GROUND} y2={GROUND} />
            {hours.map((hour, index) => (
              <HourBar key={hour.from} hour={hour} index={index} of={hours.length} most={most} />
            ))}
          </svg>
          <details>
            <summary>Hour by hour</summary>
            <ul class="hour-list">
              {busy.map((hour) => (
                <li key={hour.from}>
                  <time dateTime={hour.from}>{clockOf(hour)}</time>
                  {endsOf(hour).map(([state, count]) => (
                    <a key={state} href={hrefOf(['runs'], queryOf(hour, state))}>
                      {count} {state}
                    </a>
                  ))}
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </>
  )
}
