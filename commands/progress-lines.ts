/** Where lines for people go. */
export interface Terminal {
  isTTY?: boolean
  write(text: string): unknown
}

const EVERY_MS = 1_000

/**
 * Says how far something is, once a second at most, so that nobody takes what is long for what hangs.
 * Nothing is written where nobody looks: in a file or a pipe. `now` in milliseconds.
 */
export function createProgressLines(
  terminal: Terminal,
  now: () => number = () => performance.now()
): { write(line: string): void } {
  let nextAt = now() + EVERY_MS
  return {
    write: (line) => {
      if (terminal.isTTY !== true || now() < nextAt) return
      nextAt = now() + EVERY_MS
      terminal.write(`carillon: ${line}\n`)
    }
  }
}
