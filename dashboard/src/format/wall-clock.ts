import { formatInstant } from './instant.ts'

/** An instant to the minute on the clock of a zone, as a control takes it: "2026-03-02T09:00". */
export function toWallClock(at: number, zone: string): string {
  return formatInstant(at, zone).slice(0, 16).replace(' ', 'T')
}

/** Epoch milliseconds of a time on the clock of a zone; of two such times, one of them. */
export function fromWallClock(text: string, zone: string): number {
  const wall = Date.parse(`${text}Z`)
  // The offset at a guess is that of the instant, unless the clocks change between the two.
  return wall - offsetAt(wall - offsetAt(wall, zone), zone)
}

/** How far the clock of a zone is ahead of UTC, in milliseconds. */
export function offsetAt(at: number, zone: string): number {
  return Date.parse(`${toWallClock(at, zone)}Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS
}

const MINUTE_MS = 60_000
