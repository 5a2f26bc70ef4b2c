import { offsetsOf } from './cron/cron.ts'

const MINUTE_MS = 60_000
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS =
  'January February March April May June July August September October November December'.split(' ')

/** The end of the year 9999: what is later has no form in RFC 3339. */
const LATEST = Date.UTC(10_000, 0, 1) - 1
const EARLIEST = Date.parse('0000-01-01T00:00:00Z')

/**
 * RFC 3339 on the clock of a zone, with its offset: "2026-06-01T09:00:00+02:00". Old local mean
 * times, whose offset has seconds, are told with the whole minutes of it: the same instant.
 * `timezone` must be canonical.
 */
export function formatLocal(at: number, timezone: string): string {
  const minutes = offsetMinutes(at, timezone)
  const wall = new Date(at + minutes * MINUTE_MS).toISOString().replace(/(?:\.000)?Z$/, '')
  const size = new Date(Math.abs(minutes) * MINUTE_MS).toISOString().slice(11, 16)
  return `${wall}${minutes < 0 ? '-' : '+'}${size}`
}

/** "Monday 1 June 2026 at 09:00" on the clock of a zone; seconds are told if there are any. */
export function momentInWords(at: number, timezone: string): string {
  const wall = new Date(at + offsetMinutes(at, timezone) * MINUTE_MS)
  return `${dayInWords(wall.getTime())} at ${timeInWords(wall.getTime())}`
}

/** "Monday 1 June 2026", of milliseconds on the wall. */
export function dayInWords(wall: number): string {
  const day = new Date(wall)
  const month = MONTHS[day.getUTCMonth()]
  return `${WEEKDAYS[day.getUTCDay()]} ${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`
}

/** "09:00", "09:00:30" or "09:00:30.500", of milliseconds on the wall. */
export function timeInWords(wall: number): string {
  return new Date(wall)
    .toISOString()
    .replace(/^.*T/, '')
    .replace(/(?::00)?(?:\.000)?Z$/, '')
}

/** The zone as the end of a sentence about the clock: "UTC", "Europe/Berlin time". */
export function zoneInWords(timezone: string): string {
  return timezone === 'UTC' ? 'UTC' : `${timezone} time`
}

function offsetMinutes(at: number, timezone: string): number {
  const offset = offsetsOf(timezone).spanAt(Math.floor(at / 1000)).offset
  const minutes = Math.trunc(offset / 60)
  const wall = at + minutes * MINUTE_MS
  // At the ends of the calendar the local year would have no four digits; the instant stays right.
  return wall < EARLIEST || wall > LATEST ? 0 : minutes
}
