import { hourOf, type RunEnd } from './run-hours.ts'

/** Something that came to an end, or is no longer at the end that it had. */
export interface TalliedEnd {
  /** Epoch milliseconds. */
  scheduledFor: number
  outcome: RunEnd
  /** Occurrences; less than 0 takes them back. */
  occurrences: number
}

/** A sum of ends. */
export interface TallyLine {
  hour: number
  /** On whose behalf they are counted. */
  replica: number
  outcome: RunEnd
  occurrences: number
}

/** What comes to an end in a transaction, by the hour, to be written with one statement. */
export interface RunTally {
  add(replica: number, ends: readonly TalliedEnd[]): void
  /** What there is to write, in the same order for everybody: so no two wait for each other. */
  lines(): TallyLine[]
}

export function createRunTally(): RunTally {
  const lines = new Map<string, TallyLine>()
  // Nearly all of a batch came to the same end in the same hour.
  let last: TallyLine | null = null

  const lineOf = (hour: number, replica: number, outcome: RunEnd): TallyLine => {
    if (last?.hour === hour && last.outcome === outcome && last.replica === replica) return last
    const key = `${hour} ${replica} ${outcome}`
    last = lines.get(key) ?? { hour, replica, outcome, occurrences: 0 }
    lines.set(key, last)
    return last
  }

  return {
    add: (replica, ends) => {
      for (const { scheduledFor, outcome, occurrences } of ends) {
        lineOf(hourOf(scheduledFor), replica, outcome).occurrences += occurrences
      }
    },
    lines: () =>
      [...lines]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, line]) => line)
        .filter(({ occurrences }) => occurrences !== 0)
  }
}
