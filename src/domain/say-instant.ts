import { offsetsOf } from './cron/zone-offsets.ts'

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/**
 * An instant for a sentence: the time on the wall in a zone, and in UTC, such as
 * "Mon 5 Jan 2026 09:00 Europe/Berlin (2026-01-05T08:00:00Z)". `timezone` must be canonical.
 */
export function sayInstant(at: number, timezone: string): string {
  const { offset } = offsetsOf(timezone).spanAt(Math.floor(at / 1000))
  const wall = new Date(at + offset * 1000)
  const weekday = WEEKDAYS[wall.getUTCDay()]
  const month = MONTHS[wall.getUTCMonth()]
  const utc = new Date(at).toISOString().replace('.000Z', 'Z')
  return `${weekday} ${wall.getUTCDate()} ${month} ${wall.getUTCFullYear()} ${timeOf(wall)} ${timezone} (${utc})`
}

/** Hours and minutes; seconds and milliseconds only where there are any. */
function timeOf(wall: Date): string {
  const time = wall.toISOString().slice(11, 23)
  return time.replace(/(?::00)?\.000$/, '')
}
