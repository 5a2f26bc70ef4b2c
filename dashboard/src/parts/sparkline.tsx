import type { Activity } from '../../../client.ts'
import { formatTook } from '../format/took.ts'
import { hrefOf, navigate } from '../routing/route.ts'
import { SHOWN_RUNS } from './activity.ts'
import { moveAmong } from './move-among.ts'

type ShownRun = Activity['runs'][number]

const STEP = 6
const BAR = 4
const HEIGHT = 24
/** The shortest bar is still seen, and has room for its sign. */
const LEAST = 8

/**
 * The last runs of a job as bars, the newest on the right, each as high as it took long. A state is
 * told by shape as well as by colour: what failed stands on a dot as an exclamation mark does, what
 * has not ended or was cancelled is hollow, what never started is a dash on the ground. Each leads to
 * its run: by a link where `isLinked`, else, among many of them, for who points at it.
 */
export function Sparkline({ runs, isLinked = false }: SparklineProps) {
  if (runs.length === 0) return <span class="hint">none</span>
  const longest = Math.max(1, ...runs.map(({ duration_ms: took }) => took ?? 0))
  const label = inWords(runs)
  return (
    <svg
      class="sparkline"
      role={isLinked ? 'group' : 'img'}
      aria-label={label}
      onKeyDown={moveAmong}
      width={SHOWN_RUNS * STEP}
      height={HEIGHT}
      viewBox={`0 0 ${SHOWN_RUNS * STEP} ${HEIGHT}`}
    >
      {!isLinked && <title>{label}</title>}
      {runs.map(({ id, state, duration_ms: took }, index) => {
        const x = (SHOWN_RUNS - 1 - index) * STEP
        const bar = (
          <g key={id} class={state} onClick={isLinked ? undefined : () => navigate(['runs', id])}>
            <rect class="ground" x={x} y="0" width={STEP} height={HEIGHT} />
            <path d={shapeOf(state, { x: x + 1, height: heightOf(took ?? 0, longest) })} />
          </g>
        )
        const said = `Run ${id}, ${state}${took === null ? '' : `, ${formatTook(took)}`}`
        return isLinked ? (
          <a key={id} href={hrefOf(['runs', id])} aria-label={said} tabindex={index === 0 ? 0 : -1}>
            <title>{said}</title>
            {bar}
          </a>
        ) : (
          bar
        )
      })}
    </svg>
  )
}

interface SparklineProps {
  runs: readonly ShownRun[]
  isLinked?: boolean
}

/** By its square root, or one long run would make all others alike. */
function heightOf(took: number, longest: number): number {
  return Math.round(LEAST + (HEIGHT - LEAST) * Math.sqrt(took / longest))
}

function shapeOf(state: ShownRun['state'], { x, height }: { x: number; height: number }): string {
  const top = HEIGHT - height
  switch (state) {
    case 'succeeded':
      return box(x, top, HEIGHT)
    case 'failed':
      return box(x, top, HEIGHT - 5) + box(x, HEIGHT - 3, HEIGHT)
    case 'skipped':
    case 'missed':
      return box(x, HEIGHT - 2, HEIGHT)
    case 'pending':
    case 'running':
    case 'cancelled':
      // The inner box is a hole (fill-rule of the style).
      return box(x, top, HEIGHT) + `M${x + 1} ${top + 1}h${BAR - 2}V${HEIGHT - 1}h${2 - BAR}z`
  }
}

function box(x: number, top: number, bottom: number): string {
  return `M${x} ${top}h${BAR}V${bottom}h${-BAR}z`
}

/** "18 succeeded, 2 failed of the last 20 runs". */
function inWords(runs: readonly ShownRun[]): string {
  return `${statesOf(runs)} of the last ${runs.length === 1 ? 'run' : `${runs.length} runs`}`
}

/** "18 succeeded, 2 failed", the most first. */
export function statesOf(runs: readonly Pick<ShownRun, 'state'>[]): string {
  const counts = new Map<string, number>()
  for (const { state } of runs) counts.set(state, (counts.get(state) ?? 0) + 1)
  const parts = [...counts].toSorted(([, a], [, b]) => b - a)
  return parts.map(([state, count]) => `${count} ${state}`).join(', ')
}
