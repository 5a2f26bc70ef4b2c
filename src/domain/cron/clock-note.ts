import { twoDigits } from './words.ts'
import { offsetsOf, type Span } from './zone-offsets.ts'

/**
 * What is unusual about the clock of a zone at an instant (epoch milliseconds), as a sentence: the
 * instant ends a gap, or its local time comes twice. Null on every other day. `timezone` must be
 * canonical.
 */
export function clockNote(instant: number, timezone: string): string | null {
  const zone = offsetsOf(timezone)
  const at = Math.floor(instant / 1000)
  const span = zone.spanAt(at)
  if (at === span.start && span.before < span.offset) return gapNote(span)
  const wall = at + span.offset
  if (span.before > span.offset && wall < span.start + span.before) {
    return `The clock shows ${timeOf(wall)} twice on this day; this is the second time.`
  }
  if (span.end - at > 86_400) return null
  const next = zone.spanAt(span.end)
  if (next.offset >= span.offset || wall < next.start + next.offset) return null
  return `The clock shows ${timeOf(wall)} twice on this day; this is the first time.`
}

function gapNote(span: Span): string {
  const from = timeOf(span.start + span.before)
  return `The clock is set forward here, from ${from} to ${timeOf(span.start + span.offset)}.`
}

function timeOf(wall: number): string {
  const minutes = Math.floor(wall / 60) % 1440
  const ofDay = minutes < 0 ? minutes + 1440 : minutes
  return `${twoDigits(Math.floor(ofDay / 60))}:${twoDigits(ofDay % 60)}`
}
