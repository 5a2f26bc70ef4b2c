import { counted } from '../../format/counted.ts'
import { formatInstant } from '../../format/instant.ts'
import { zoneOf } from '../../preferences/zone.ts'
import { hrefOf } from '../../routing/route.ts'
import type { JobOccurrences } from './read-occurrences.ts'

/** `[from, to)` in epoch milliseconds. */
export interface Window {
  from: number
  to: number
}

const HOUR_MS = 3_600_000
const TICK_HOURS = 6

/** The hours that the rows below stand under. */
export function TimelineAxis({ window }: { window: Window }) {
  const first = Math.ceil(window.from / HOUR_MS) * HOUR_MS
  const ticks = [0, 1, 2, 3].map((index) => first + index * TICK_HOURS * HOUR_MS)
  return (
    <svg class="axis-of-hours" aria-hidden="true" width="100%" height="20">
      {ticks.map((at) => (
        <text key={at} x={xOf(at, window)} y="14" text-anchor="middle">
          {formatInstant(at, zoneOf(null)).slice(11, 16)}
        </text>
      ))}
    </svg>
  )
}

/** A job with a mark for each time that it is due; a pale band where there are more than are known. */
export function TimelineRow({ row, window }: { row: JobOccurrences; window: Window }) {
  const { job, at, isWhole } = row
  const last = at.at(-1) ?? window.from
  return (
    <li>
      <a href={hrefOf(['jobs', job.id])}>{job.name}</a>
      <svg role="img" aria-label={labelOf(row)} width="100%" height="20">
        <line class="axis" x1="0" x2="100%" y1="10" y2="10" />
        {!isWhole && (
          <rect
            class="more"
            x={xOf(last, window)}
            y="4"
            width={`${100 - share(last, window)}%`}
            height="12"
          />
        )}
        {at.map((one) => (
          <rect key={one} class="mark" x={xOf(one, window)} y="2" width="3" height="16" />
        ))}
      </svg>
    </li>
  )
}

/** How often a job is due: "3 times", "at least 100 times". */
export function timesOf({ at, isWhole }: JobOccurrences): string {
  return `${isWhole ? '' : 'at least '}${counted(at.length, 'time')}`
}

function labelOf(row: JobOccurrences): string {
  return `Due ${timesOf(row)} in 24 hours`
}

function share(at: number, { from, to }: Window): number {
  return (100 * (at - from)) / (to - from)
}

function xOf(at: number, window: Window): string {
  return `${share(at, window).toFixed(2)}%`
}
