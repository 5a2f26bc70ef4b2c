import type { Syntax } from './syntax.ts'

/** What a word after `carillon` does. */
export interface Command extends Syntax {
  /** One line of `carillon --help`. */
  readonly summary: string
  /** What `carillon <word> --help` shows. */
  readonly usage: string
  /** The exit code where a flag or an option is wrong. */
  readonly wrongUsage: 1 | 2
  /**
   * Does it; what it throws, the user reads in one line. The process ends with exit code 0 when
   * nothing keeps it going.
   */
  run(flags: readonly string[]): Promise<void>
}
