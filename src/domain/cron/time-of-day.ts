import { type BitSet, NONE } from './bit-set.ts'

/**
 * The matching times of a day, in seconds since its midnight: every combination of an hour, a
 * minute and a second. None of the sets may be empty.
 */
export class TimeOfDay {
  readonly #hours: BitSet
  readonly #minutes: BitSet
  readonly #seconds: BitSet
  readonly first: number
  readonly last: number
  /** How many there are. */
  readonly size: number

  constructor(hours: BitSet, minutes: BitSet, seconds: BitSet) {
    this.#hours = hours
    this.#minutes = minutes
    this.#seconds = seconds
    this.first = seconds.atLeast(0) + 60 * minutes.atLeast(0) + 3600 * hours.atLeast(0)
    this.last = seconds.atMost(59) + 60 * minutes.atMost(59) + 3600 * hours.atMost(23)
    this.size = hours.size * minutes.size * seconds.size
  }

  /** The first matching time that is not before `time`, or NONE. */
  atLeast(time: number): number {
    const minuteOfDay = Math.floor(time / 60)
    const second = this.#seconds.atLeast(time - minuteOfDay * 60)
    const minute = this.#minuteAtLeast(second === NONE ? minuteOfDay + 1 : minuteOfDay)
    if (minute === NONE) return NONE
    return minute * 60 + (minute === minuteOfDay ? second : this.#seconds.atLeast(0))
  }

  /** The last matching time that is not after `time`, or NONE. */
  atMost(time: number): number {
    const minuteOfDay = Math.floor(time / 60)
    const second = this.#seconds.atMost(time - minuteOfDay * 60)
    const minute = this.#minuteAtMost(second === NONE ? minuteOfDay - 1 : minuteOfDay)
    if (minute === NONE) return NONE
    return minute * 60 + (minute === minuteOfDay ? second : this.#seconds.atMost(59))
  }

  /** How many matching times are before `time`. */
  below(time: number): number {
    const hour = Math.floor(time / 3600)
    const minute = Math.floor(time / 60) - hour * 60
    const perHour = this.#minutes.size * this.#seconds.size
    let total = this.#hours.below(hour) * perHour
    if (!this.#hours.has(hour)) return total
    total += this.#minutes.below(minute) * this.#seconds.size
    return this.#minutes.has(minute) ? total + this.#seconds.below(time % 60) : total
  }

  #minuteAtLeast(minuteOfDay: number): number {
    const now = Math.floor(minuteOfDay / 60)
    const minute = this.#minutes.atLeast(minuteOfDay - now * 60)
    const hour = this.#hours.atLeast(minute === NONE ? now + 1 : now)
    if (hour === NONE) return NONE
    return hour * 60 + (hour === now ? minute : this.#minutes.atLeast(0))
  }

  #minuteAtMost(minuteOfDay: number): number {
    const now = Math.floor(minuteOfDay / 60)
    const minute = this.#minutes.atMost(minuteOfDay - now * 60)
    const hour = this.#hours.atMost(minute === NONE ? now - 1 : now)
    if (hour === NONE) return NONE
    return hour * 60 + (hour === now ? minute : this.#minutes.atMost(59))
  }
}
