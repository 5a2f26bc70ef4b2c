import { useState } from 'preact/hooks'
import { thisMinute } from '../../format/clock.ts'
import { clockName, type Day, type Hour } from './week-grid.ts'

interface WeekTableProps {
  days: readonly Day[]
  /** By hour, then by day. */
  grid: readonly (readonly (Hour | null)[])[]
  choose: (hour: Hour) => void
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-6, 0],
  PageDown: [6, 0],
  Home: [0, -7],
  End: [0, 7]
}

/** A grid of which one cell can be reached by Tab, the others by arrow keys (WAI-ARIA APG, Grid). */
export function WeekTable({ days, grid, choose }: WeekTableProps) {
  const [[row, column], setPlace] = useState<readonly [number, number]>([0, 0])
  const most = Math.max(...grid.flat().map((hour) => hour?.count ?? 0))
  const move = (event: KeyboardEvent): void => {
    const isShortcut = event.altKey || event.ctrlKey || event.metaKey
    const step = isShortcut ? undefined : MOVES[event.key]
    const table = event.currentTarget
    if (step === undefined || !(table instanceof HTMLTableElement)) return
    event.preventDefault()
    const to = [within(row + step[0], 24), within(column + step[1], days.length)] as const
    setPlace(to)
    table.tBodies[0]?.rows[to[0]]?.cells[to[1] + 1]?.querySelector('button')?.focus()
  }
  return (
    <table class="week" role="grid" onKeyDown={move}>
      <caption class="visually-hidden">Runs due by hour and day</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">Hour</span>
          </th>
          {days.map(({ date, name }) => (
            <th key={date} scope="col">
              <time dateTime={date}>{name}</time>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.map((hours, at) => (
          <tr key={clockName(at)}>
            <th scope="row">{clockName(at)}</th>
            {hours.map((hour, day) => (
              <td key={days[day]?.date}>
                <button
                  type="button"
                  tabIndex={at === row && day === column ? 0 : -1}
                  class={hour !== null && hour.count > 0 && hour.count === most ? 'peak' : ''}
                  data-level={hour === null ? 0 : levelOf(hour.count, most)}
                  aria-label={labelOf(hour)}
                  aria-disabled={hour === null}
                  onFocus={() => setPlace([at, day])}
                  onClick={() => hour !== null && choose(hour)}
                >
                  {shown(hour)}
                </button>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function within(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1)
}

const LEVELS = 4

/** How dark a cell is, from 0 for none to 4 for the most. */
function levelOf(count: number, most: number): number {
  return most === 0 ? 0 : Math.ceil((LEVELS * count) / most)
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact' })

function shown(hour: Hour | null): string {
  if (hour === null || isPast(hour)) return '–'
  return COMPACT.format(hour.count)
}

/** It holds what is shown: who speaks to a machine says what he sees (WCAG 2.5.3). */
function labelOf(hour: Hour | null): string {
  if (hour === null) return 'This day has no such hour'
  return isPast(hour) ? `${hour.name}, past` : `${hour.name}, ${shown(hour)} due`
}

function isPast({ to }: Hour): boolean {
  return to <= thisMinute.value
}
