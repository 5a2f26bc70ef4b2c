import type { OptionSchemas } from '../src/option-sources.ts'

/** What may follow a word of a command line: usage texts tell it, and shells complete it. */
export interface Syntax {
  /** By their names in code. */
  readonly flags?: OptionSchemas
  /** What the words after it are, where a shell can know what there is. */
  readonly takes?: 'file'
  /** Words that choose what is done, such as "pause" after "jobs", and what may follow each. */
  readonly words?: Readonly<Record<string, Syntax>>
}
