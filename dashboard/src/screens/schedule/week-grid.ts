import { formatInstant } from '../../format/instant.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DAYS = 7

/** A day of the week that is shown. */
export interface Day {
  /** "2026-03-02". */
  date: string
  /** "Mon 2". */
  name: string
}

/** An hour on the clock of a zone; where the clock is set back, both times that it is. */
export interface Hour {
  /** "Mon 2, 09:00". */
  name: string
  /** `[from, to)` in epoch milliseconds. */
  from: number
  to: number
  count: number
}

/** Seven days from midnight of the day that it is in a zone, in epoch milliseconds, and their names. */
export interface Week {
  from: number
  /** At or a little after the end of the last day. */
  to: number
  days: readonly Day[]
}

/** The week that begins with today. Its hours are those of the zone: some begin at half past of UTC. */
export function weekOf(now: number, zone: string): Week {
  const [today, , minute, second] = onClock(now, zone)
  let from = now - minute * 60_000 - second * 1_000 - (now % 1_000)
  // By the hour, because not every day has 24 of them, and some have no midnight.
  while (onClock(from - HOUR_MS, zone)[0] === today) from -= HOUR_MS
  const days = Array.from({ length: DAYS }, (_, day) => dayOf(Date.parse(today) + day * DAY_MS))
  return { from, to: from + DAYS * DAY_MS + HOUR_MS, days }
}

/** Counts by the hour, put where a clock shows them: by hour, then by day; null for what is skipped. */
export function gridOf(
  buckets: readonly { at: string; count: number }[],
  { days }: Week,
  zone: string
): (Hour | null)[][] {
  const column = new Map(days.map(({ date }, index) => [date, index]))
  const grid: (Hour | null)[][] = Array.from({ length: 24 }, () => days.map(() => null))
  for (const { at, count } of buckets) {
    const from = Date.parse(at)
    const [date, hour] = onClock(from, zone)
    const day = column.get(date)
    const row = grid[hour]
    if (day === undefined || row === undefined) continue
    const name = `${days[day]?.name}, ${clockName(hour)}`
    const before = row[day] ?? { name, from, to: from, count: 0 }
    row[day] = { ...before, to: from + HOUR_MS, count: before.count + count }
  }
  return grid
}

/** "09:00". */
export function clockName(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}

/** Date, hour, minute and second on the clock of a zone. */
function onClock(at: number, zone: string): [string, number, number, number] {
  const text = formatInstant(at, zone)
  const [hour = 0, minute = 0, second = 0] = text.slice(11, 19).split(':').map(Number)
  return [text.slice(0, 10), hour, minute, second]
}

const WEEKDAY = new Intl.DateTimeFormat('en', { timeZone: 'UTC', weekday: 'short' })

function dayOf(midnight: number): Day {
  const at = new Date(midnight)
  return {
    date: at.toISOString().slice(0, 10),
    name: `${WEEKDAY.format(at)} ${at.getUTCDate()}`
  }
}
