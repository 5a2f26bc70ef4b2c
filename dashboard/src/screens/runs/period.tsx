import { fromWallClock, toWallClock } from '../../format/wall-clock.ts'
import { now } from '../../format/clock.ts'
import { changeQuery, route } from '../../routing/route.ts'

const HOURS = { 'Last hour': 1, '24 h': 24, '7 d': 168 } as const
const HOUR_MS = 3_600_000

/** From when to when, on the clock of a zone; or one of the stretches that are asked for most. */
export function Period({ zone }: { zone: string }) {
  return (
    <>
      {['from', 'to'].map((name) => (
        <label key={name}>
          {name}{' '}
          <input
            type="datetime-local"
            title={zone}
            value={wallOf(route.value.query[name], zone)}
            onChange={({ currentTarget: { value } }) =>
              changeQuery({ [name]: value && instantOf(fromWallClock(value, zone)) })
            }
          />
        </label>
      ))}
      {Object.entries(HOURS).map(([name, hours]) => (
        <button
          key={name}
          type="button"
          onClick={() => changeQuery({ from: instantOf(now.value - hours * HOUR_MS), to: null })}
        >
          {name}
        </button>
      ))}
    </>
  )
}

/** What is no instant in the address is told by the service. */
function wallOf(instant: string | undefined, zone: string): string {
  const at = Date.parse(instant ?? '')
  return Number.isNaN(at) ? '' : toWallClock(at, zone)
}

function instantOf(at: number): string {
  return new Date(at).toISOString()
}
