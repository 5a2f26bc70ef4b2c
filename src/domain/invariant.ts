/** What always holds and is checked all the time, in the order in which it is checked. */
export const INVARIANTS = [
  'overdue_job',
  'next_run_missing',
  'running_without_lease',
  'run_of_unknown_job',
  'unique_index_missing',
  'duplicate_occurrence',
  'counter_mismatch'
] as const
export type Invariant = (typeof INVARIANTS)[number]

/** What an operator reads of an invariant that does not hold. */
export interface InvariantWords {
  /** What is wrong. */
  broken: string
  /** What to do where nothing was repaired. */
  advice: string
}

export const INVARIANT_WORDS: Readonly<Record<Invariant, InvariantWords>> = {
  overdue_job: {
    broken: 'Jobs have been due for over two minutes, and each round leaves them where they are.',
    advice: 'Look for a transaction of somebody else that keeps their rows locked.'
  },
  next_run_missing: {
    broken: 'Enabled jobs had no next occurrence.',
    advice: 'Pause and resume them.'
  },
  running_without_lease: {
    broken: 'Runs were running by the ledger, and no living replica held them.',
    advice: 'Cancel them.'
  },
  run_of_unknown_job: {
    broken: 'Runs were waiting or running whose job is not there any more.',
    advice: 'Cancel them.'
  },
  unique_index_missing: {
    broken: 'Unique indexes are missing that keep occurrences from being recorded twice.',
    advice: 'Create them again.'
  },
  duplicate_occurrence: {
    broken: 'Occurrences have more than one record.',
    advice: 'Delete those that are too many, then create the missing index.'
  },
  counter_mismatch: {
    broken: 'More runs of an hour have ended than are counted.',
    advice: 'The numbers of these hours are too low; nothing else rests on them.'
  }
}
