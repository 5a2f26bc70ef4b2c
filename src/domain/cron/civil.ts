/**
 * The proleptic Gregorian calendar in whole numbers. A *day* counts from 1970-01-01; a *month* is
 * `12 × year + (0 for January … 11)`, so that the next month is always one more.
 */

/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH = 719_468
const ERA = 146_097
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The month a day lies in (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
export function monthOf(day: number): number {
  const shifted = day + EPOCH
  const era = Math.floor(shifted / ERA)
  const doe = shifted - era * ERA
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  // Hinnant's year starts in March, which is month 2 of ours.
  return (era * 400 + yoe) * 12 + 2 + Math.floor((5 * doy + 2) / 153)
}

/** The first day of a month. */
export function firstDayOf(month: number): number {
  const year = Math.floor((month - 2) / 12)
  const sinceMarch = month - 2 - year * 12
  const era = Math.floor(year / 400)
  const yoe = year - era * 400
  const doy = Math.floor((153 * sinceMarch + 2) / 5)
  return era * ERA + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - EPOCH
}

/** 0 for Sunday … 6 for Saturday. */
export function weekdayOf(day: number): number {
  const rest = (day + 4) % 7
  return rest < 0 ? rest + 7 : rest
}

/** 0 for January … 11 for December. */
export function monthOfYear(month: number): number {
  const rest = month % 12
  return rest < 0 ? rest + 12 : rest
}

/** Days in a month, 28 to 31. */
export function lengthOf(month: number): number {
  const inYear = monthOfYear(month)
  return inYear === 1 && isLeap((month - 1) / 12) ? 29 : (LENGTHS[inYear] ?? 0)
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}
