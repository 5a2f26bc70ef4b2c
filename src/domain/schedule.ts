/**
 * The rule that says when a job runs, as a value: everything the scheduler asks of it. All instants
 * are epoch milliseconds. Implementations are pure and hold no position.
 */
export interface Schedule {
  /** The first occurrence strictly later than `after`, or null when there is none. */
  next(after: number): number | null
  /** The last occurrence strictly earlier than `before`, or null when there is none. */
  previous(before: number): number | null
  /** How many occurrences lie in `(after, until]`; cheap even over years. */
  count(after: number, until: number): number
}
