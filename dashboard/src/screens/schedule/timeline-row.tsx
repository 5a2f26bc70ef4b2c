import type { Activity } from '../../../../client.ts'
import { counted } from '../../format/counted.ts'
import { formatInstant } from '../../format/instant.ts'
import { offsetAt, toWallClock } from '../../format/wall-clock.ts'
import { zoneOf } from '../../preferences/zone.ts'
import { hrefOf } from '../../routing/route.ts'
import type { JobOccurrences } from './read-occurrences.ts'
import type { Span } from './spans.ts'

/** `[from, to)` with now in it, in epoch milliseconds. */
export interface Window {
  from: number
  now: number
  to: number
}

/** A job in a window: what became of its runs until now, and when it is due. */
export interface Row extends JobOccurrences {
  /** The newest first. */
  runs: Activity['runs']
  /** False when there were more, earlier ones. */
  isPastWhole: boolean
  /** How long a run takes, in milliseconds; 0 when it is not known. */
  usualMs: number
}

/** The least part of the window that a mark takes, in percent: it must be seen, and be hit. */
const LEAST = 0.4
/** What is as long as a day is told by its date. */
const DAY_MS = 86_400_000

/** The times that the rows below stand under, whole ones on the clock of the reader. */
export function TimelineAxis({ window, span: { tickMs } }: { window: Window; span: Span }) {
  const zone = zoneOf(null)
  const offset = offsetAt(window.now, zone)
  const first = Math.ceil((window.from + offset) / tickMs) * tickMs - offset
  const ticks = [0, 1, 2, 3, 4].map((index) => first + index * tickMs)
  return (
    <svg class="axis-of-hours" aria-hidden="true" width="100%" height="20">
      {ticks.map(
        (at) =>
          at <= window.to && (
            <text key={at} x={xOf(at, window)} y="14" text-anchor="middle">
              {toWallClock(at, zone).slice(...(tickMs < DAY_MS ? [11] : [5, 10]))}
            </text>
          )
      )}
    </svg>
  )
}

/**
 * A job with a mark for each run, solid, and for each time that it is due, hollow, as long as a run
 * takes; a pale band where there are more than are known.
 */
export function TimelineRow({ row, window }: { row: Row; window: Window }) {
  const { job, at, runs, isWhole, isPastWhole } = row
  const bands = [
    ...(isPastWhole ? [] : [[window.from, Date.parse(runs.at(-1)?.scheduled_for ?? '')] as const]),
    ...(isWhole ? [] : [[at.at(-1) ?? window.now, window.to] as const])
  ]
  const now = xOf(window.now, window)
  return (
    <li>
      <a href={hrefOf(['jobs', job.id])}>{job.name}</a>
      <svg role="group" aria-label={labelOf(row)} width="100%" height="24">
        <line class="axis" x1="0" x2="100%" y1="12" y2="12" />
        {bands.map(([from, to]) => (
          <rect key={from} class="more" {...boxOf(from, to, window)} y="6" height="12" />
        ))}
        <line class="now" x1={now} x2={now} y1="0" y2="24" />
        {marksOf(row).map((mark, index) => (
          <a
            key={`${mark.state}${mark.at}`}
            href={mark.href}
            class={mark.state}
            aria-label={mark.said}
            tabindex={index === 0 ? 0 : -1}
          >
            <title>{mark.said}</title>
            <Shape state={mark.state} box={boxOf(mark.at, mark.at + mark.tookMs, window)} />
          </a>
        ))}
      </svg>
    </li>
  )
}

interface Mark {
  /** Epoch milliseconds. */
  at: number
  tookMs: number
  href: string
  said: string
  state: Row['runs'][number]['state'] | 'due'
}

/** In the order of time: what ran leads to its run, what is due to its job. */
function marksOf({ job, runs, at, usualMs }: Row): Mark[] {
  const past = runs.toReversed().map((run) => ({
    at: Date.parse(run.scheduled_for),
    tookMs: run.duration_ms ?? 0,
    href: hrefOf(['runs', run.id]),
    state: run.state
  }))
  const href = hrefOf(['jobs', job.id])
  const due = at.map((one) => ({ at: one, tookMs: usualMs, href, state: 'due' as const }))
  return [...past, ...due].map((mark) => ({
    ...mark,
    said: `${mark.state}, ${formatInstant(mark.at, zoneOf(job))}`
  }))
}

/** What failed stands on a dot, and what never started lies low, as in the small pictures of runs. */
function Shape({ state, box }: { state: Mark['state']; box: Box }) {
  const isLow = state === 'skipped' || state === 'missed'
  return (
    <>
      {(isLow || state === 'failed') && <rect {...box} y="18" height="4" />}
      {!isLow && <rect {...box} y="3" height={state === 'failed' ? 12 : 18} />}
    </>
  )
}

/** How often a job is due: "3 times", "at least 100 times". */
export function timesOf({ at, isWhole }: JobOccurrences): string {
  return `${isWhole ? '' : 'at least '}${counted(at.length, 'time')}`
}

function labelOf(row: Row): string {
  return `${counted(row.runs.length, 'run')}, then due ${timesOf(row)}`
}

function share(at: number, { from, to }: Window): number {
  return (100 * (at - from)) / (to - from)
}

function xOf(at: number, window: Window): string {
  return `${share(at, window).toFixed(2)}%`
}

interface Box {
  x: string
  width: string
}

function boxOf(from: number, to: number, window: Window): Box {
  const width = Math.min(share(to, window), 100) - share(from, window)
  return { x: xOf(from, window), width: `${Math.max(width, LEAST).toFixed(2)}%` }
}
