import type { Schedule } from '../schedule.ts'
import type { WallPattern } from './wall-pattern.ts'
import type { Span, ZoneOffsets } from './zone-offsets.ts'

/**
 * What a pattern does on days when the clock of its zone is changed. Both are the rule of Vixie cron
 * for fixed times; with neither, every real hour is treated alike.
 */
export interface ClockChanges {
  /**
   * Matches inside a gap, which no clock ever shows, are made up for by one occurrence at the first
   * instant after it. That may be on the next local day; and a local day that was left out (Samoa's
   * 30 December 2011) is a gap like any other, only longer, so that nothing of it is lost.
   */
  readonly catchGap: boolean
  /** Of a time that the clock shows twice, only the first counts. */
  readonly skipRepeat: boolean
}

/** 0001-01-01 to the end of 9999, the years RFC 3339 can write; in seconds. */
const EARLIEST = -62_135_596_800
const LATEST = 253_402_300_799

/** Longer than the clock of any zone was ever moved at once (24 h), and than any two differ. */
const FAR = 2 * 86_400

/**
 * A pattern of wall times in a zone, as occurrences in absolute time. Inside a span of constant
 * offset the two differ by that offset only, so everything about daylight saving is said in the four
 * private methods, about the boundary where a span begins.
 */
export class ZonedSchedule implements Schedule {
  readonly #pattern: WallPattern
  readonly #zone: ZoneOffsets
  readonly #changes: ClockChanges

  /** `pattern` must match at some time. */
  constructor(pattern: WallPattern, zone: ZoneOffsets, changes: ClockChanges) {
    this.#pattern = pattern
    this.#zone = zone
    this.#changes = changes
  }

  next(after: number): number | null {
    let at = Math.max(Math.floor(after / 1000) + 1, EARLIEST)
    while (at <= LATEST) {
      const span = this.#zone.spanAt(at)
      const found = this.#firstFrom(at, span)
      if (found < span.end) return found <= LATEST ? found * 1000 : null
      // Empty years are leapt over, but not a boundary near `at`: it may repeat times before `at`.
      at = span.end - at < FAR ? span.end : Math.max(span.end, found - FAR)
    }
    return null
  }

  previous(before: number): number | null {
    let at = Math.min(Math.ceil(before / 1000) - 1, LATEST)
    while (at >= EARLIEST) {
      const span = this.#zone.spanAt(at)
      const found = this.#lastUntil(at, span)
      if (found >= span.start) return found >= EARLIEST ? found * 1000 : null
      at = at - span.start < FAR ? span.start - 1 : Math.min(span.start - 1, found + FAR)
    }
    return null
  }

  count(after: number, until: number): number {
    const end = Math.min(Math.floor(until / 1000), LATEST) + 1
    let at = Math.max(Math.floor(after / 1000) + 1, EARLIEST)
    let total = 0
    while (at < end) {
      const span = this.#zone.spanAt(at)
      const stop = Math.min(end, span.end)
      total += this.#countBetween(at, stop, span)
      at = stop
    }
    return total
  }

  /** The first occurrence from `at` on if it lies in the span; else about where to look next. */
  #firstFrom(at: number, span: Span): number {
    if (at === span.start && this.#endsGap(span)) return at
    return this.#pattern.atLeast(Math.max(at + span.offset, this.#floorOf(span))) - span.offset
  }

  /** The last occurrence up to `at` if it lies in the span; else about where to look next. */
  #lastUntil(at: number, span: Span): number {
    const wall = this.#pattern.atMost(at + span.offset)
    if (wall >= this.#floorOf(span)) return wall - span.offset
    if (this.#endsGap(span)) return span.start
    return Math.min(wall - span.offset, span.start - 1)
  }

  /** How many occurrences lie in `[from, to)`, a part of the span. */
  #countBetween(from: number, to: number, span: Span): number {
    const wall = Math.max(from + span.offset, this.#floorOf(span))
    const counted = this.#pattern.count(wall, to + span.offset)
    if (from !== span.start || !this.#endsGap(span)) return counted
    return this.#pattern.atLeast(wall) === wall ? counted : counted + 1
  }

  /** The first wall time of the span that counts: after the repeated ones, if those do not. */
  #floorOf(span: Span): number {
    const repeats = this.#changes.skipRepeat && span.before > span.offset
    return span.start + (repeats ? span.before : span.offset)
  }

  /** Whether a match was lost in the gap before this span, and is to be made up for. */
  #endsGap(span: Span): boolean {
    if (!this.#changes.catchGap || span.before >= span.offset) return false
    return this.#pattern.atLeast(span.start + span.before) < span.start + span.offset
  }
}
