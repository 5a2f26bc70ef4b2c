import { NONE } from './bit-set.ts'
import type { CronFields } from './cron-fields.ts'
import { DayCalendar } from './day-calendar.ts'
import { TimeOfDay } from './time-of-day.ts'

const DAY = 86_400

/**
 * A cron pattern on the clock on the wall, which knows no zones: a *wall time* is the seconds that
 * would have passed since 1970-01-01T00:00 if no clock had ever been changed.
 */
export class WallPattern {
  readonly #days: DayCalendar
  readonly #times: TimeOfDay

  constructor(fields: CronFields) {
    this.#days = new DayCalendar(fields.months, fields.days)
    this.#times = new TimeOfDay(fields.hours, fields.minutes, fields.seconds)
  }

  /** Whether it ever matches; if not, nothing else here may be called. */
  get matches(): boolean {
    return this.#days.matches
  }

  /** The first match that is not before `wall`. */
  atLeast(wall: number): number {
    const today = Math.floor(wall / DAY)
    const time = this.#times.atLeast(wall - today * DAY)
    const day = this.#days.atLeast(time === NONE ? today + 1 : today)
    return day * DAY + (day === today ? time : this.#times.first)
  }

  /** The last match that is not after `wall`. */
  atMost(wall: number): number {
    const today = Math.floor(wall / DAY)
    const time = this.#times.atMost(wall - today * DAY)
    const day = this.#days.atMost(time === NONE ? today - 1 : today)
    return day * DAY + (day === today ? time : this.#times.last)
  }

  /** How many matches lie in `[from, to)`: whole days are multiplied, not walked. */
  count(from: number, to: number): number {
    if (to <= from) return 0
    const firstDay = Math.floor(from / DAY)
    const lastDay = Math.floor(to / DAY)
    const whole = this.#days.count(firstDay, lastDay) * this.#times.size
    return whole + this.#before(to, lastDay) - this.#before(from, firstDay)
  }

  /** How many matches the day of `wall` has before it. */
  #before(wall: number, day: number): number {
    return this.#days.atLeast(day) === day ? this.#times.below(wall - day * DAY) : 0
  }
}
