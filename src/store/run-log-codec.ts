import type { LogLevel } from '../domain/run-log.ts'

/** A line as it is kept. */
export interface StoredLine {
  line: number
  /** Epoch milliseconds. */
  at: number
  level: LogLevel
  message: string
  fields: unknown
}

/** Lines that this scheduler wrote itself. */
export function decodeLines(text: string): StoredLine[] {
  return JSON.parse(text) as StoredLine[]
}
