/** Which days of a month match, before it is known how long the month is and where it begins. */
export interface DayRules {
  /** Bit 0 for the 1st … bit 30 for the 31st. */
  readonly dates: number
  /** The same bits for `W`: the weekday nearest to that date, inside the month. */
  readonly nearest: number
  /** `L`: the last day of the month. */
  readonly last: boolean
  /** `LW`: the last day of the month from Monday to Friday. */
  readonly lastWeekday: boolean
  /**
   * From Sunday to Saturday, the occurrences in a month that count: bits 0 to 4 the first to the
   * fifth, bit 5 the last.
   */
  readonly weekdays: readonly number[]
  /** Whether a day needs to match only one of date and weekday (crontab(5)), or both. */
  readonly either: boolean
}

/**
 * The days of a month that match, as bits (bit 0 for the 1st), given the weekday of its first day
 * (0 for Sunday) and its length. Nothing else about a month matters, so 28 results say everything.
 */
export function matchingDays(rules: DayRules, first: number, length: number): number {
  let bits = 0
  const dates = matchingDates(rules, first, length)
  for (let date = 1; date <= length; date++) {
    const byDate = (dates & (1 << (date - 1))) !== 0
    const byWeekday = matchesWeekday(rules, { date, length, weekday: (first + date - 1) % 7 })
    if (rules.either ? byDate || byWeekday : byDate && byWeekday) bits |= 1 << (date - 1)
  }
  return bits
}

function matchingDates(rules: DayRules, first: number, length: number): number {
  let bits = rules.dates
  for (let date = 1; date <= length; date++) {
    if ((rules.nearest & (1 << (date - 1))) === 0) continue
    bits |= 1 << (nearestWorkday(date, (first + date - 1) % 7, length) - 1)
  }
  if (rules.last) bits |= 1 << (length - 1)
  if (rules.lastWeekday) bits |= 1 << (nearestWorkday(length, (first + length - 1) % 7, length) - 1)
  return bits
}

/** Quartz's `W`: Saturday gives Friday and Sunday Monday, but never in another month. */
function nearestWorkday(date: number, weekday: number, length: number): number {
  if (weekday === 6) return date > 1 ? date - 1 : date + 2
  if (weekday === 0) return date < length ? date + 1 : date - 2
  return date
}

function matchesWeekday(
  rules: DayRules,
  day: { date: number; length: number; weekday: number }
): boolean {
  const wanted = rules.weekdays[day.weekday] ?? 0
  const isLast = day.date > day.length - 7
  const nth = 1 << Math.floor((day.date - 1) / 7)
  return (wanted & nth) !== 0 || (isLast && (wanted & 32) !== 0)
}
