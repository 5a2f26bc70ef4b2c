import type { RunHour } from '../../../../client.ts'
import { navigate } from '../../routing/route.ts'
import { clockOf, queryOf } from './hours.ts'

const TICK_HOURS = 6
/** Above the bars is room for the cross of what failed, below them for the time. */
const TOP = 16
const HEIGHT = 80
/** What the bars stand on. */
export const GROUND = TOP + HEIGHT
/** In pixels, as all of these. */
export const CHART_HEIGHT = GROUND + 20
/** Of what there is, something is seen. */
const LEAST = 4

interface HourBarProps {
  hour: RunHour
  /** Its place among so many hours. */
  index: number
  of: number
  /** The most that a bar stands for. */
  most: number
}

/**
 * What went well in an hour and, on top of it and with a cross above, what failed. A click leads to
 * its runs; whoever has no mouse goes by the list.
 */
export function HourBar({ hour, index, of, most }: HourBarProps) {
  const xOf = (place: number): string => `${((100 * (index + place)) / of).toFixed(2)}%`
  const heightOf = (count: number): number =>
    count === 0 ? 0 : Math.max(LEAST, Math.round((HEIGHT * count) / most))
  const bad = heightOf(hour.failed)
  const good = Math.min(heightOf(hour.succeeded), HEIGHT - bad)
  const part = (state: 'succeeded' | 'failed', y: number, height: number) =>
    height > 0 && (
      <rect
        class={state}
        x={xOf(0.1)}
        y={y}
        width={`${80 / of}%`}
        height={height}
        onClick={() => navigate(['runs'], queryOf(hour, state))}
      >
        <title>
          {clockOf(hour)}: {hour[state]} {state}
        </title>
      </rect>
    )
  return (
    <g text-anchor="middle">
      {part('succeeded', GROUND - good, good)}
      {part('failed', GROUND - good - bad, bad)}
      {bad > 0 && (
        <text class="failed" x={xOf(0.5)} y={GROUND - good - bad - 4}>
          ✗
        </text>
      )}
      {index % TICK_HOURS === TICK_HOURS / 2 && (
        <text x={xOf(0.5)} y={CHART_HEIGHT - 4}>
          {clockOf(hour)}
        </text>
      )}
    </g>
  )
}
