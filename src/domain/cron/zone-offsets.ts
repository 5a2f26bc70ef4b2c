import { LRUCache } from 'lru-cache'

/** A stretch of time in which a zone keeps one offset; all in seconds, instants since the epoch. */
export interface Span {
  /** The first second of it. */
  readonly start: number
  /** The first second after it; the next span may have the same offset. */
  readonly end: number
  /** What is added to an instant to get the time on the wall. */
  readonly offset: number
  /** The offset in the second before `start`. */
  readonly before: number
}

const DAY = 86_400

/** How much of a zone is worked out at once; less than a millisecond's work. */
const WINDOW = 400 * DAY

/**
 * Two clock changes that cancel each other are seen if they lie further apart than this. The
 * closest in the database are a week apart (Brazil in 2000, Gaza in 2040).
 */
const STEP = 3 * DAY

/** More than 500 years; a walk through all of time starts over instead of keeping everything. */
const MAX_WINDOWS = 500

const FOREVER: Span = { start: -Infinity, end: Infinity, offset: 0, before: 0 }

/** The offsets of one zone, worked out from Intl where they are asked for, and kept. */
export class ZoneOffsets {
  readonly #format: Intl.DateTimeFormat | null
  readonly #windows = new Map<number, readonly Span[]>()

  /** `timezone` must be a known name. */
  constructor(timezone: string) {
    this.#format =
      timezone === 'UTC'
        ? null
        : new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  }

  /** The span that `instant`, in seconds, lies in. */
  spanAt(instant: number): Span {
    if (this.#format === null) return FOREVER
    const index = Math.floor(instant / WINDOW)
    const spans = this.#windows.get(index) ?? this.#explore(index)
    for (const span of spans) if (instant < span.end) return span
    throw new RangeError(`No span of the zone holds the instant ${instant}.`)
  }

  #explore(index: number): readonly Span[] {
    const spans: Span[] = []
    const end = (index + 1) * WINDOW
    let start = index * WINDOW
    let before = this.#offsetAt(start - 1)
    while (start < end) {
      const offset = this.#offsetAt(start)
      const until = this.#changeAfter(start, end)
      spans.push({ start, end: until, offset, before })
      start = until
      before = offset
    }
    if (this.#windows.size >= MAX_WINDOWS) this.#windows.clear()
    this.#windows.set(index, spans)
    return spans
  }

  /** The first instant after `start` with another offset, or `end`. */
  #changeAfter(start: number, end: number): number {
    const offset = this.#offsetAt(start)
    let same = start
    for (let probe = start + STEP; same < end; probe += STEP) {
      const at = Math.min(probe, end)
      if (this.#offsetAt(at) !== offset) return this.#bisect(same, at)
      same = at
    }
    return end
  }

  /** The first instant whose offset is not that of `same`, which lies before `other`. */
  #bisect(same: number, other: number): number {
    const offset = this.#offsetAt(same)
    let low = same
    let high = other
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#offsetAt(middle) === offset) low = middle
      else high = middle
    }
    return high
  }

  /** Reads "…, GMT", "…, GMT+05:45" or, for old local mean times, "…, GMT-00:44:30". */
  #offsetAt(instant: number): number {
    const text = this.#format?.format(instant * 1000) ?? ''
    const [, sign, hours, minutes, seconds] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
    const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
    return sign === '-' ? -size : size
  }
}

/** There are about 420 zones; a worked-out century of one is some 30 kB. */
const zones = new LRUCache<string, ZoneOffsets>({ max: 500 })

/** The offsets of a zone by its canonical name, shared by all schedules in it. */
export function offsetsOf(timezone: string): ZoneOffsets {
  const known = zones.get(timezone) ?? new ZoneOffsets(timezone)
  zones.set(timezone, known)
  return known
}
