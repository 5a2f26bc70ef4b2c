import type { LogLevel } from '../domain/run-log.ts'
import { encodeLine } from './log-line.ts'

/** Kept of what an attempt logs: so many lines, and so many bytes of them. */
export const MAX_LINES = 200
const MAX_BYTES = 32_768

/** The last lines of a log, in the same memory however long it is. */
export interface LogTail {
  /** @param given - what the handler gave to its logger */
  add(level: LogLevel, given: readonly unknown[], at: number): void
  /** How many lines were added. */
  lastLine(): number
  /** Those that are kept, as JSON. */
  read(): string
}

export function createLogTail(): LogTail {
  const kept: { text: string; bytes: number }[] = []
  let bytes = 0
  let count = 0
  return {
    add: (level, given, at) => {
      const text = encodeLine({ line: ++count, at, level }, given)
      const line = { text, bytes: Buffer.byteLength(text) + 1 }
      kept.push(line)
      bytes += line.bytes
      while (kept.length > MAX_LINES || bytes > MAX_BYTES) bytes -= kept.shift()?.bytes ?? 0
    },
    lastLine: () => count,
    read: () => `[${kept.map(({ text }) => text).join()}]`
  }
}
