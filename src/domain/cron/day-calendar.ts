import { type BitSet, bitsBelow, countBits, highestBit, lowestBit } from './bit-set.ts'
import { firstDayOf, lengthOf, monthOf, monthOfYear, weekdayOf } from './civil.ts'
import { type DayRules, matchingDays } from './day-rules.ts'

/** The lengths a month can have, from January. */
const LENGTHS = [[31], [28, 29], [31], [30], [31], [30], [31], [31], [30], [31], [30], [31]]

/**
 * The matching days of every month there is, from one table of 28: seven weekdays to begin on, four
 * lengths. Days and months are counted as in `civil.ts`.
 */
export class DayCalendar {
  readonly #months: BitSet
  readonly #masks = new Int32Array(28)

  constructor(months: BitSet, rules: DayRules) {
    this.#months = months
    for (let first = 0; first < 7; first++) {
      for (let length = 28; length <= 31; length++) {
        this.#masks[shape(first, length)] = matchingDays(rules, first, length)
      }
    }
  }

  /**
   * Whether any day matches, ever. A month of each length begins on every weekday somewhere in the
   * calendar's cycle of 400 years, so it is enough to look at the table; the searches below end
   * only if this is true.
   */
  get matches(): boolean {
    return [...this.#months].some((month) =>
      (LENGTHS[month] ?? []).some((length) =>
        this.#masks.some((mask, index) => mask !== 0 && index % 4 === length - 28)
      )
    )
  }

  /** The first matching day that is not before `day`. */
  atLeast(day: number): number {
    let month = monthOf(day)
    let first = firstDayOf(month)
    let mask = this.#maskOf(month, first) & ~bitsBelow(day - first)
    while (mask === 0) {
      first += lengthOf(month)
      month += 1
      mask = this.#maskOf(month, first)
    }
    return first + lowestBit(mask)
  }

  /** The last matching day that is not after `day`. */
  atMost(day: number): number {
    let month = monthOf(day)
    let first = firstDayOf(month)
    let mask = this.#maskOf(month, first) & bitsBelow(day - first + 1)
    while (mask === 0) {
      month -= 1
      first -= lengthOf(month)
      mask = this.#maskOf(month, first)
    }
    return first + highestBit(mask)
  }

  /** How many matching days lie in `[from, to)`. */
  count(from: number, to: number): number {
    let month = monthOf(from)
    let first = firstDayOf(month)
    let total = -countBits(this.#maskOf(month, first) & bitsBelow(from - first))
    for (;;) {
      const length = lengthOf(month)
      const mask = this.#maskOf(month, first)
      if (first + length >= to) return total + countBits(mask & bitsBelow(to - first))
      total += countBits(mask)
      first += length
      month += 1
    }
  }

  #maskOf(month: number, first: number): number {
    if (!this.#months.has(monthOfYear(month))) return 0
    return this.#masks[shape(weekdayOf(first), lengthOf(month))] ?? 0
  }
}

function shape(first: number, length: number): number {
  return first * 4 + length - 28
}
