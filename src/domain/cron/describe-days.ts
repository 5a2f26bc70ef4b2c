import { countBits } from './bit-set.ts'
import type { CronFields } from './cron-fields.ts'
import type { DayRules } from './day-rules.ts'
import { commonStep, isRun, joinWords, namesOf, ordinal } from './words.ts'

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS =
  'January February March April May June July August September October November December'.split(' ')

/** Any occurrence of a weekday, in the bits of `DayRules`. */
const ANY = 63
const LAST = 32

/**
 * The days in words, such as "every Monday in June" or "on the 1st of every month"; empty when it
 * is every day of the year.
 */
export function describeDays({ days, months }: CronFields): string {
  const names = namesOf([...months], (month) => MONTHS[month] ?? '')
  const inMonths = months.size === 12 ? '' : ` ${isRun([...months]) ? 'from' : 'in'} ${names}`
  const dates = describeDates(days)
  const weekdays = describeWeekdays(days)
  if (days.either ? dates === '' || weekdays === '' : dates === '' && weekdays === '') {
    return months.size === 12 ? '' : `every day${inMonths}`
  }
  if (weekdays === '') return `on ${dates} of ${months.size === 12 ? 'every month' : names}`
  if (dates === '') return `${weekdays}${inMonths}`
  if (days.either) return `on ${dates} of the month and also ${weekdays}${inMonths}`
  return `${weekdays}, but only on ${dates} of the month${inMonths}`
}

function describeDates(days: DayRules): string {
  if (countBits(days.dates) === 31) return ''
  const phrases: string[] = []
  const dates = members(days.dates).map((bit) => bit + 1)
  if (dates.length > 0) phrases.push(datesOf(dates))
  for (const bit of members(days.nearest)) {
    phrases.push(`the working day nearest to the ${ordinal(bit + 1)}`)
  }
  if (days.lastWeekday) phrases.push('the last working day (Monday to Friday)')
  if (days.last) phrases.push('the last day')
  return joinWords(phrases)
}

function datesOf(dates: readonly number[]): string {
  const step = commonStep(dates)
  if (dates.length < 6 || step === null || step === 1) return `the ${namesOf(dates, ordinal)}`
  const [first = 0, last = 0] = [dates.at(0), dates.at(-1)]
  return `every ${ordinal(step)} day from the ${ordinal(first)} to the ${ordinal(last)}`
}

function describeWeekdays(days: DayRules): string {
  // The week is told from Monday on.
  const week = [1, 2, 3, 4, 5, 6, 7].map((day) => days.weekdays[day % 7] ?? 0)
  if (week.every((bits) => bits === ANY)) return ''
  const phrases: string[] = []
  const whole = week.flatMap((bits, day) => (bits === ANY ? [day] : []))
  if (whole.length > 0)
    phrases.push(`${isRun(whole) ? 'from' : 'every'} ${namesOf(whole, weekdayName)}`)
  for (const [day, bits] of week.entries()) {
    if (bits === ANY || bits === 0) continue
    phrases.push(`on the ${nthOf(bits)} ${weekdayName(day)} of the month`)
  }
  return joinWords(phrases)
}

function nthOf(bits: number): string {
  const nth = members(bits & ~LAST).map((bit) => ordinal(bit + 1))
  return joinWords((bits & LAST) === 0 ? nth : [...nth, 'last'])
}

/** `day` counts from Monday. */
function weekdayName(day: number): string {
  return WEEKDAYS[(day + 1) % 7] ?? ''
}

function members(bits: number): number[] {
  return Array.from({ length: 31 }, (_, bit) => bit).filter((bit) => (bits & (1 << bit)) !== 0)
}
