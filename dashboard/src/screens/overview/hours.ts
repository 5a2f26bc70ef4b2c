import type { RunHour } from '../../../../client.ts'
import { formatInstant } from '../../format/instant.ts'
import { zoneOf } from '../../preferences/zone.ts'
import type { QueryChange } from '../../routing/route.ts'

type Ends = Omit<RunHour, 'from'>
export type EndState = keyof Ends

const HOUR_MS = 3_600_000
/** In the order in which they are told. */
const STATES = ['succeeded', 'failed', 'cancelled', 'skipped', 'missed'] as const

/** In which ways there was an end, and how often. */
export function endsOf(ends: Ends): [EndState, number][] {
  return STATES.flatMap((state) => (ends[state] > 0 ? [[state, ends[state]]] : []))
}

/** What became of all of them. */
export function sumOf(hours: readonly RunHour[]): Ends {
  const sum = { succeeded: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 }
  for (const hour of hours) for (const state of STATES) sum[state] += hour[state]
  return sum
}

/** When an hour began by the clock of the reader: "09:00". */
export function clockOf({ from }: RunHour): string {
  return formatInstant(from, zoneOf(null)).slice(11, 16)
}

/** What lists the runs of an hour that ended in a way. */
export function queryOf({ from }: RunHour, state: EndState): QueryChange {
  return { state, from, to: new Date(Date.parse(from) + HOUR_MS).toISOString() }
}
