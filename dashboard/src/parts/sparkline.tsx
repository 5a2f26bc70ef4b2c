import type { Activity } from '../../../client.ts'
import { SHOWN_RUNS } from './activity.ts'

type ShownRun = Activity['runs'][number]

const STEP = 6
const BAR = 4
const HEIGHT = 24
/** The shortest bar is still seen, and has room for its sign. */
const LEAST = 8

/**
 * The last runs of a job as bars, the newest on the right, each as high as it took long. A state is
 * told by shape as well as by colour: what failed stands on a dot as an exclamation mark does, what
 * has not ended or was cancelled is hollow, what never started is a dash on the ground.
 */
export function Sparkline({ runs }: { runs: readonly ShownRun[] }) {
  if (runs.length === 0) return <span class="hint">none</span>
  const longest = Math.max(1, ...runs.map(({ duration_ms: took }) => took ?? 0))
  const label = inWords(runs)
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      width={SHOWN_RUNS * STEP}
      height={HEIGHT}
      viewBox={`0 0 ${SHOWN_RUNS * STEP} ${HEIGHT}`}
    >
      <title>{label}</title>
      {runs.map(({ id, state, duration_ms: took }, index) => (
        <path
          key={id}
          class={state}
          d={shapeOf(state, {
            x: (SHOWN_RUNS - 1 - index) * STEP + 1,
            height: heightOf(took ?? 0, longest)
          })}
        />
      ))}
    </svg>
  )
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
  const counts = new Map<string, number>()
  for (const { state } of runs) counts.set(state, (counts.get(state) ?? 0) + 1)
  const parts = [...counts].toSorted(([, a], [, b]) => b - a)
  const told = parts.map(([state, count]) => `${count} ${state}`).join(', ')
  return `${told} of the last ${runs.length === 1 ? 'run' : `${runs.length} runs`}`
}
