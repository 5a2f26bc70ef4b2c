import type { Schedule } from '../schedule.ts'

/** 0001-01-01 to the end of 9999, in milliseconds. */
const EARLIEST = -62_135_596_800_000
const LATEST = 253_402_300_799_999

/** The grid `anchor + n × periodMs`, in both directions without end; what `@every` means. */
export class EverySchedule implements Schedule {
  readonly #periodMs: number
  readonly #anchor: number

  constructor(periodMs: number, anchor: number) {
    this.#periodMs = periodMs
    this.#anchor = anchor
  }

  next(after: number): number | null {
    return within(this.#point(this.#index(Math.max(after, EARLIEST)) + 1))
  }

  previous(before: number): number | null {
    return within(this.#point(this.#index(Math.min(before, LATEST) - 1)))
  }

  count(after: number, until: number): number {
    const from = this.#index(Math.max(after, EARLIEST))
    return Math.max(0, this.#index(Math.min(until, LATEST)) - from)
  }

  /** Which point of the grid is the last one not after `instant`. */
  #index(instant: number): number {
    return Math.floor((instant - this.#anchor) / this.#periodMs)
  }

  #point(index: number): number {
    return this.#anchor + index * this.#periodMs
  }
}

function within(instant: number): number | null {
  return instant >= EARLIEST && instant <= LATEST ? instant : null
}
